"""What a layer of neurons sends in one step, kept as numbers of spikes."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from torch import Tensor

from spikebench.snn.kernels import fire


@dataclass(frozen=True)
class SpikeMap:
    """n spikes of theta each: `number` (N, C, H, W), int8 or float32; theta () or (1, C, 1, 1).

    A convolution by events reads the numbers. `values` is written for whatever reads values.
    """

    number: Tensor
    theta: Tensor

    @classmethod
    def of(cls, number: Tensor, theta: Tensor, values: Tensor) -> Self:
        """Return the map where `values`, theta * n, are there already."""
        made = cls(number, theta)
        vars(made)["values"] = values
        return made

    @property
    def written(self) -> bool:
        """Whether the values are there already."""
        return "values" in vars(self)

    @cached_property
    def values(self) -> Tensor:
        """theta * n, float32, in the layout of the numbers."""
        found = fire.values(self.number, self.theta)
        return self.number.to(self.theta.dtype) * self.theta if found is None else found


def dense(value: Tensor | SpikeMap) -> Tensor:
    """Return values as a tensor."""
    return value.values if isinstance(value, SpikeMap) else value


def numbers(value: Tensor | SpikeMap) -> Tensor:
    """Return numbers of spikes where values are kept as such, else the values."""
    return value.number if isinstance(value, SpikeMap) else value
