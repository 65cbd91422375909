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

Two of these four follow from the others: after step t, C = t E_out and v = v(0) + t (E_in - E_out).
So v += E_in - E_out multiplies v - v(0) by t/(t-1), and v and E_out are all that is kept here.

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

from spikebench.snn import (
    Arguments,
    Integrator,
    Kernel,
    Levels,
    Mean,
    Method,
    Neuron,
    Percentile,
    Protocol,
    Step,
    below_levels,
    gaussian_threshold,
    register_kernel,
    signed_level,
)

DIFFERENTIAL = Kernel("differential", graded=True)


@dataclass(frozen=True)
class Differential(Neuron):
    """Multi-threshold neuron on differentially coded input, with v and E_out for its state."""

    levels: int = 4
    guarded: bool = True  # whether its output must stay >= 0

    integrator: ClassVar[Integrator] = "own"
    state_ops: ClassVar[int] = 18  # of the neuron as published: two more estimates, each times 1/t

    def start(self, like):
        return {**super().start(like), "sent": torch.zeros_like(like)}

    def step(self, state, current, step, out=None):
        if step.phase == "bias":
            state["v"].add_(current)
            return torch.zeros_like(current), torch.zeros_like(current, dtype=torch.bool)
        stretch, offset = self.stretch(step.time)
        u = state["v"].mul_(stretch).add_(current).add_(offset)
        number = self.fire(u, state, step)
        spikes = number * self.theta
        u.sub_(spikes)
        state["sent"].add_(spikes * (1 / step.time))
        return spikes, number

    def stretch(self, time):
        """Return what v is multiplied by at the start of a step, and what is then added to it."""
        if time == 1:
            return 1.0, 0.0
        return time / (time - 1), self.initial * (-1 / (time - 1))

    def fire(self, u, state, step):
        said = (state["sent"] * step.time / self.theta).relu_() if self.guarded else None
        return signed_level(u / self.theta, self.levels, said)


def _ask(neuron, state, step):
    if step.phase == "bias":
        return None
    return Arguments(
        memory=(state["sent"],),
        constants=(step.time, below_levels(neuron.levels), float(not neuron.guarded)),
        shift=neuron.stretch(step.time)[1],
    )


register_kernel(Differential, DIFFERENTIAL, _ask)


@dataclass
class ImageOnce(Protocol):
    """One pass without image, one with it and without biases, then nothing but corrections."""

    def run(self, simulation, grid: Sequence[int]) -> Iterator:
        simulation.step(Step(0, image=False, read=False, phase="bias"))
        yield from self.onward(simulation, grid, lambda t: Step(t, image=t == 1, bias=False))


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

    levels: Levels = 8
    threshold: Literal["percentile", "maximum", "variance"] = "percentile"
    percentile: Percentile = 99.9

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
