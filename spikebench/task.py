"""What a backbone restores and how its output is scored."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, PositiveFloat, PositiveInt, model_validator

TaskKind = Literal["denoise", "super_resolution", "derain"]
Channels = Literal["grey", "y", "rgb"]


class Task(BaseModel):
    """One restoration task.

    `channels`: of a colour image, "grey" is MATLAB's rgb2gray, of full range, as the denoising
    literature has it, and "y" its luminance, 16 to 235 of 255, as that of super-resolution and of
    JPEG artefacts (Zhang et al., TIP 2017, the authors' Demo_test_DnCNN3.m).

    `sigma` is the standard deviation of the noise in 8-bit units (25 means 25/255); `scale` the
    factor of super-resolution, and `enlarged` says that the network receives the bicubic
    enlargement, not the small image; `protocol` names a row of
    `spikebench.metrics.protocols.PROTOCOLS`. A denoiser without `sigma` or a super-resolver without
    `scale` raises a `ValidationError`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: TaskKind
    channels: Channels
    protocol: str
    sigma: PositiveFloat | None = None
    scale: PositiveInt | None = None
    enlarged: bool = False

    @model_validator(mode="after")
    def _degradation_is_named(self) -> "Task":
        if (self.kind == "denoise") != (self.sigma is not None):
            raise ValueError("`sigma` belongs to a denoise task, and only there")
        if (self.kind == "super_resolution") != (self.scale is not None):
            raise ValueError("`scale` belongs to a super_resolution task, and only there")
        if self.enlarged and self.scale is None:
            raise ValueError("`enlarged` belongs to a super_resolution task, and only there")
        return self

    @property
    def enlargement(self) -> int:
        """How many times larger the network's output is than its input, along each side."""
        return 1 if self.enlarged else self.scale or 1
