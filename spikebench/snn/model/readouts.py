"""How the output is read from what arrives over time, separate from the neuron."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.kernels.fire import add_values
from spikebench.snn.model.component import Component
from spikebench.snn.model.spikes.spikemap import SpikeMap, dense
from spikebench.snn.model.step import Step


@dataclass
class Mean(Component):
    """Mean of the currents of steps 1..T, the readout of nearly all conversion papers."""

    def weight(self, step: Step) -> float:
        """Return the weight with which the values of a step enter the sum."""
        return 1.0

    def total(self, timesteps: int) -> float:
        """Return what the weighted sum is divided by after `timesteps` regular steps."""
        return float(timesteps)


@dataclass
class DelayedMean(Mean):
    """Mean over the steps `start`+1..T: deep layers speak late. Bu et al., CVPR 2025.

    The skipped steps still count in latency and energy. `total` raises `BenchError` for a T that
    does not lie behind `start`.
    """

    start: int = 0

    def weight(self, step: Step) -> float:
        return float(step.time > self.start)

    def total(self, timesteps: int) -> float:
        if timesteps <= self.start:
            raise BenchError(
                f"readout: a delay of {self.start} steps leaves nothing to average at "
                f"T={timesteps}. Use timesteps above {self.start} or a shorter delay."
            )
        return float(timesteps - self.start)


@dataclass
class Sum(Mean):
    """The sum of all steps, for neurons that send a value once, in parts."""

    def total(self, timesteps: int) -> float:
        return 1.0


@dataclass
class OutputMap(Component):
    """Maps the spiking output layer's decoded values to others, linearly, once for each output.

    A subclass names itself in `layer`, under which its work stands in the tables, and the kind of
    operation in `op`.
    """

    layer: ClassVar[str] = "output_map"
    op: ClassVar[str] = "Conv2d"

    def __call__(self, value: Tensor, timesteps: int) -> Tensor:
        """Map values (N, C_in, H, W) that were decoded after T steps to (N, C_out, H, W)."""
        raise NotImplementedError

    def macs(self, value: Tensor) -> int:
        """Return the multiply-accumulates of one call on a value of shape (N, C_in, H, W)."""
        raise NotImplementedError

    @property
    def border(self) -> int:
        """How many rows above and below its own an output depends on."""
        return 0


def readout(option: str | dict[str, int]) -> Mean:
    """Build the readout a config names: "mean" or {"delayed": start}."""
    if option == "mean":
        return Mean()
    if isinstance(option, dict) and list(option) == ["delayed"]:
        return DelayedMean(start=option["delayed"])
    raise BenchError(f"readout: {option!r} is unknown. Use `mean` or `{{delayed: 2}}`.")


def sum_into(
    sums: dict[str, Tensor],
    name: str,
    values: Sequence[Tensor | SpikeMap],
    weights: Sequence[float],
) -> None:
    """Add weight*value of each step to the running sum `name`, in place once it exists."""
    if name not in sums:
        sums[name] = torch.zeros_like(dense(values[0]))
    read = [(value, weight) for value, weight in zip(values, weights, strict=True) if weight]
    spikes = [value for value, weight in read if isinstance(value, SpikeMap) and weight == 1]
    alike = len(spikes) == len(read) and len({id(each.theta) for each in spikes}) == 1
    if alike and add_values([each.number for each in spikes], spikes[0].theta, sums[name]):
        return
    for value, weight in read:
        sums[name].add_(dense(value), alpha=weight)
