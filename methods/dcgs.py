"""Differential coding. Huang et al., ICML 2025 (DCGS), with multi-threshold neurons.

A layer sends corrections instead of rates: what was sent at step t enters the receiver's estimate
with weight 1/t. A first pass without image tells every neuron its current for zero input, E_in;
then the image is presented once, and all later steps carry corrections only. With I_t the current
of step t, without biases, a neuron keeps

    v += I_t + E_in - E_out;  C += E_out;  s = spike(v, C);  v -= s;  C += s
    E_in += I_t / t;  E_out += s / t

and sends s: one graded spike +-theta/2^k at the most, the largest level of which v holds three
quarters, a negative one only while C stays >= 0. The output is read as the running estimate,
sum of o_t / t plus the biases. With n = 8 levels the network is the ANN, nearly, after four steps.

The first pass is counted: it adds one step of latency and the state operations of all neurons.

`threshold`: the percentile or the maximum of a channel's activations, or `variance`, the step that
loses least in quantising ReLU of a Gaussian, of the mean and variance of the channel's currents, to
T * 2^levels levels. With `variance` there is a conversion for each T.

Deviations: thresholds come from training patches (the authors' program uses the test set); with
`variance` they start at the channel's maximum and stay there where the iteration is not finite;
relays of residual sums are the same neuron without the guard on C, their threshold the maximum
where the others come from the variance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch

from spikebench.snn import Method, Neuron, Protocol, Step
from spikebench.snn.levels import below_levels, signed_level
from spikebench.snn.readouts import Mean
from spikebench.snn.thresholds import gaussian_threshold


@dataclass
class Differential(Neuron):
    """Multi-threshold neuron on differentially coded input."""

    levels: int = 4
    guarded: bool = True  # whether its output must stay >= 0

    kernel: ClassVar[str] = "differential"
    state_ops: ClassVar[int] = 18  # two more estimates, each with a multiplication by 1/t

    def start(self, like):
        zeros = {name: torch.zeros_like(like) for name in ("received", "sent", "total")}
        return {**super().start(like), **zeros}

    def step(self, state, current, step, out=None):
        if step.phase == "bias":
            state["received"].copy_(current)
            return torch.zeros_like(current), torch.zeros_like(current, dtype=torch.bool)
        rate = 1 / step.time
        state["v"].add_(state["received"]).sub_(state["sent"])
        state["total"].add_(state["sent"])
        state["received"].add_(current * rate)
        spikes, number = super().step(state, current, step)
        state["total"].add_(spikes)
        state["sent"].add_(spikes * rate)
        return spikes, number

    def kernel_arguments(self, state, step):
        if step.phase == "bias":
            return None
        estimates = state["received"], state["sent"], state["total"]
        return estimates, (1 / step.time, below_levels(self.levels), float(not self.guarded))

    def fire(self, u, state, step):
        said = (state["total"] / self.theta).relu_() if self.guarded else None
        return signed_level(u / self.theta, self.levels, said)


@dataclass
class ImageOnce(Protocol):
    """One pass without image, one with it and without biases, then nothing but corrections."""

    def run(self, simulation, grid: Sequence[int]) -> Iterator:
        simulation.step(Step(0, image=False, read=False, phase="bias"))
        for time in range(1, max(grid) + 1):
            simulation.step(Step(time, image=time == 1, bias=False))
            if time in grid:
                yield self.record(simulation, time)


@dataclass
class Estimate(Mean):
    """The running estimate: corrections of step t weigh 1/t."""

    def weight(self, step):
        return 1 / step.time

    def total(self, timesteps):
        return 1.0


class DCGS(Method):
    title = "Differential coding"
    citation = "huang2025dcgs"
    family = "training-free"

    levels: int = 8
    threshold: Literal["percentile", "maximum", "variance"] = "percentile"
    percentile: float = 99.9

    def __init__(self, **options):
        super().__init__(**options)
        self.anytime = self.threshold != "variance"

    def convert(self, network, calibration, timesteps):
        for site in network.graph.sites:
            theta = self._theta(calibration, site, timesteps)
            guarded = site.role == "activation"
            network.place(site, Differential(theta, levels=self.levels, guarded=guarded))
        network.protocol, network.readout = ImageOnce(), Estimate()
        return network

    def _theta(self, calibration, site, timesteps):
        if self.threshold == "percentile":
            return calibration.percentile(site, self.percentile, per_channel=True)
        maximum = calibration.maximum(site, per_channel=True)
        if self.threshold == "maximum" or site.role != "activation":
            return maximum
        (total,) = timesteps
        deviation, mean = torch.std_mean(
            calibration.inputs[site.name], dim=(0, 2, 3), correction=0, keepdim=True
        )
        return gaussian_threshold(mean, deviation, total * 2**self.levels, maximum)
