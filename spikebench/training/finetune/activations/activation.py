"""What a neuron's spikes add up to, as a function that can be trained through.

Each activation maps the mean current z at a site to the mean of what the neuron there will send,
and to how many spikes that takes. Rounding is exact forwards and the identity backwards (Bengio et
al., 2013, straight-through). Thresholds theta (1, C, 1, 1) are learnt where the formula holds them.
"""

from collections.abc import Callable
from typing import ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict
from torch import Tensor

from spikebench.snn.graph.nodes import Node
from spikebench.training.finetune.network import Tunable


class Sent(NamedTuple):
    """What the neurons of a site send: the mean `value` and the number of `spikes` it takes.

    Both (N, C, H, W); the second is exact forwards and has a useful slope backwards.
    """

    value: Tensor
    spikes: Tensor


Send = Callable[[Node, Tensor], Sent]


class Activation(BaseModel):
    """The part of a recipe that says what kind of spikes the network is trained for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exact: ClassVar[bool] = False  # needs float32, whatever the recipe's `precision`
    sends_spikes: ClassVar[bool] = True  # and not analogue values, which nobody counts

    @property
    def choices(self) -> tuple[int, ...]:
        """The numbers (levels or T) of which each training step draws one."""
        raise NotImplementedError

    @property
    def levels_at_start(self) -> int:
        """The number of steps for which the first thresholds lose least."""
        raise NotImplementedError

    def sender(self, network: Tunable, image: Tensor, choice: int) -> Send:
        """Return what the sites do on a batch of images, for one of `choices`."""
        raise NotImplementedError


def rounded(value: Tensor) -> Tensor:
    """Round to the nearest whole number, half up; backwards the identity."""
    return (value + 0.5).floor() + (value - value.detach())
