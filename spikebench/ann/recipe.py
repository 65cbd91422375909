"""How a backbone is trained, as data."""

from typing import Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

from spikebench.run.config import Device


class Patching(BaseModel):
    """What patches a network is trained on, and for how long.

    Patches are turned and flipped at random, and where the task has noise it is drawn anew for
    every patch. Weights follow Adam under a one-cycle learning rate (`spikebench.training.loop`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str = Field(description="a training set in datasets/")
    dataset_sha256: str = Field(
        pattern="^[0-9a-f]{64}$", description="the content hash of that set, 64 hex digits"
    )
    patch: PositiveInt = Field(description="the side of a degraded patch in pixels")
    batch: PositiveInt = Field(description="the number of patches in a step")
    steps: PositiveInt = Field(description="the number of steps")
    learning_rate: PositiveFloat = Field(description="the peak of the learning rate")
    warmup: float = Field(gt=0, lt=1, description="the share of the steps that leads to the peak")
    seed: NonNegativeInt = Field(description="the base of every random number")
    threads: PositiveInt = Field(
        description="the number of threads; another number rounds differently"
    )

    @model_validator(mode="after")
    def _warmup_is_a_ramp(self) -> Self:
        if self.warmup * self.steps <= 1:
            raise ValueError("needs a `warmup` longer than one of its `steps`")
        return self


class Recipe(Patching):
    """Everything that decides a backbone's weights besides architecture and task.

    Weights start from He's normal distribution; what is kept is a moving average of them.
    """

    loss: Literal["l1", "mse"] = Field(description="l1 or mse")
    ema: float = Field(gt=0, lt=1, description="the decay of the average of the weights, a step")
    device: Device = Field(
        "cpu", description="cpu, cuda for a GPU, or auto for a GPU where there is one"
    )
