"""Neurons of one site run for T steps, with a surrogate gradient backwards through time.

Forwards a neuron is the simulator's, step by step. Backwards a spike has the slope of (1 + tanh(k
x)) / 2, x being how far the potential lies above its bound, in thresholds (`snn.toolbox.surrogate`,
k = `SHARPNESS`); the slope is at most 1. Through a soft reset the slopes of all steps then add up
to 1 - prod(1 - slope): nearly 1 for a neuron that fired or nearly did, 0 for one that stayed far
below its bound or above it, as of a clip. Neftci et al., IEEE Signal Processing Magazine 36, 2019.
"""

from dataclasses import dataclass
from functools import reduce
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx

from spikebench.snn.model.neuron import Neuron
from spikebench.snn.model.neurons import IF, Relay
from spikebench.snn.model.spikes.spikemap import dense
from spikebench.snn.model.step import Step
from spikebench.snn.toolbox.surrogate import SHARPNESS


@dataclass(frozen=True)
class Rule:
    """A kind of neuron. `initial` is v(0) in thresholds.

    `bounds` are the potentials where it begins to send, in thresholds, each with the sign of what
    it sends beyond.
    """

    neuron: type[Neuron]
    initial: float
    bounds: tuple[tuple[float, int], ...]

    def place(self, theta: Tensor) -> Neuron:
        """Return the neuron with these thresholds, (1, C, 1, 1)."""
        return self.neuron(theta, initial=self.initial * theta)

    def slopes(self, potential: Tensor) -> tuple[Tensor, Tensor]:
        """Return the slopes of the value that is sent, and of the number of spikes.

        In thresholds and spikes for each threshold of `potential`, which is in thresholds too.
        """
        slopes = [_slope(potential - bound) for bound, _ in self.bounds]
        signs = [sign for _, sign in self.bounds]
        signed = [sign * slope for sign, slope in zip(signs, slopes, strict=True)]
        return reduce(torch.add, slopes), reduce(torch.add, signed)


BINARY = Rule(IF, 0.5, ((1.0, 1),))
SIGNED = Rule(Relay, 0.0, ((0.5, 1), (-0.5, -1)))


def fired(rule: Rule, theta: Tensor, currents: list[Tensor]) -> tuple[list[Tensor], Tensor]:
    """Return what neurons send at each step (N, C, H, W), and their numbers of spikes over all.

    `currents` has one (N, C, H, W) for each step. Memory for the way back is that of the currents;
    potentials are computed again.
    """
    spikes, *values = _Fired.apply(rule, theta, *currents)
    return values, spikes


class _Fired(torch.autograd.Function):
    @staticmethod
    def forward(ctx: FunctionCtx, rule: Rule, theta: Tensor, *currents: Tensor) -> Any:
        ctx.save_for_backward(theta, *currents)
        ctx.rule = rule  # type: ignore[attr-defined]  # as torch's documentation does
        neuron = rule.place(theta)
        state, spikes, values = neuron.start(currents[0]), torch.zeros_like(currents[0]), []
        for current in currents:
            sent, number = neuron.step(state, current, Step(1))
            values.append(dense(sent))
            spikes += number.to(spikes).abs_()
        return spikes, *values

    @staticmethod
    def backward(ctx: FunctionCtx, of_spikes: Tensor, *of_values: Tensor) -> Any:
        theta, *currents = ctx.saved_tensors  # type: ignore[attr-defined]
        rule: Rule = ctx.rule  # type: ignore[attr-defined]
        after, of_theta, found = torch.zeros_like(of_spikes), torch.zeros_like(theta), []
        history = _potentials(rule, theta, currents)
        for of_value, (potential, sent) in zip(of_values[::-1], history[::-1], strict=True):
            value, number = rule.slopes(potential / theta)
            kept = of_value - after  # the loss per unit sent: on, and out of the membrane
            here = kept * value + of_spikes * number / theta
            of_theta += ((kept * sent - here * potential) / theta).sum_to_size(theta.shape)
            after = after + here
            found.append(after)
        of_theta += rule.initial * after.sum_to_size(theta.shape)
        return None, of_theta, *found[::-1]


def _potentials(rule: Rule, theta: Tensor, currents: list[Tensor]) -> list[tuple[Tensor, Tensor]]:
    """Return potential before the reset and value sent, of each step."""
    neuron = rule.place(theta)
    state, history = neuron.start(currents[0]), []
    for current in currents:
        potential = state["v"] + current
        sent, _ = neuron.step(state, current, Step(1))
        history.append((potential, dense(sent)))
    return history


def _slope(above: Tensor) -> Tensor:
    return SHARPNESS / 2 * (1 - torch.tanh(SHARPNESS * above).square())
