"""What a backbone restores and how its output is scored."""

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

TaskKind = Literal["denoise", "super_resolution", "derain", "jpeg", "paired"]
Channels = Literal["grey", "y", "rgb"]


def _is_of_a_task(name: str) -> str:
    if name in ("paired", "all"):  # how a task gets its images; what stands for all of them
        raise ValueError(f"is `{name}`, which is no task: say what it is, such as deblur")
    return name


# A kind, or the name of a paired task
TaskName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$"), AfterValidator(_is_of_a_task)]
NAMED_BY_KIND = ("denoise", "super_resolution", "derain", "jpeg")


class Task(BaseModel):
    """One restoration task.

    `kind` says where the degraded images come from: "denoise" adds noise, "super_resolution"
    shrinks, "jpeg" compresses, "derain" adds rain where the data set has no rainy files, and
    "paired" takes the data set's own inputs for whatever its `name` says: deblur, low_light, ...

    `channels`: of a colour image, "grey" is MATLAB's rgb2gray, of full range, as the denoising
    literature has it, and "y" its luminance, 16 to 235 of 255, as that of super-resolution and of
    JPEG artefacts (Zhang et al., TIP 2017, the authors' Demo_test_DnCNN3.m).

    `sigma` is the standard deviation of the noise in 8-bit units (25 means 25/255); `quality` that
    of JPEG, 1 to 100; `scale` the factor of super-resolution, or of a paired task whose inputs are
    smaller, and `enlarged` says that the network receives the bicubic enlargement, not the small
    image; `protocol` names a row of `spikebench.metrics.protocols.PROTOCOLS`. A task without the
    key of its kind, or with that of another, raises a `ValidationError`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: TaskKind
    channels: Channels
    protocol: str
    name: TaskName | None = None
    sigma: PositiveFloat | None = None
    quality: Annotated[int, Field(ge=1, le=100)] | None = None
    scale: PositiveInt | None = None
    enlarged: bool = False

    @model_validator(mode="after")
    def _degradation_is_named(self) -> Self:
        for key, kind in (("sigma", "denoise"), ("quality", "jpeg"), ("name", "paired")):
            if (self.kind == kind) != (getattr(self, key) is not None):
                raise ValueError(f"`{key}` belongs to a {kind} task, and only there")
        if self.name in NAMED_BY_KIND:
            raise ValueError(f"`name` is {self.name}, a kind of its own: choose another name")
        if self.kind == "super_resolution" and self.scale is None:
            raise ValueError("`scale` is missing: a super_resolution task needs it")
        if self.scale and self.kind not in ("super_resolution", "paired"):
            raise ValueError("`scale` belongs to a super_resolution or paired task, and only there")
        if self.enlarged and self.scale is None:
            raise ValueError("`enlarged` belongs to a task with `scale`, and only there")
        return self

    @property
    def label(self) -> str:
        """What the task is called in data sets, configurations and tables: its name or kind."""
        return self.name or self.kind

    @property
    def enlargement(self) -> int:
        """How many times larger the network's output is than its input, along each side."""
        return 1 if self.enlarged else self.scale or 1

    @property
    def degrades_patches(self) -> bool:
        """Whether a training degrades every patch anew, which it can where no file is needed."""
        return self.kind in ("denoise", "derain", "jpeg")
