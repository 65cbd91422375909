"""Activations of neurons that send what is left as signed powers of two of the threshold."""

from functools import cache
from typing import Literal

import torch
from pydantic import Field, PositiveInt
from torch import Tensor

from spikebench.snn.graph.nodes import Node
from spikebench.training.finetune.activations.activation import Activation, Send, Sent, rounded
from spikebench.training.finetune.network import Tunable

LARGEST = 2**14  # whole number whose digits are tabulated


class Graded(Activation):
    """The mean over T of a neuron whose residual leaves as signed powers of two of theta.

    After T steps the sum of what was sent is the nearest multiple of theta/2^bits, so the mean is
    theta/(T 2^bits) times a whole number k, without a highest one. In signed binary digits k takes
    as many spikes as its non-adjacent form has digits that are not 0, of which the whole
    thresholds left in regular steps, one by one.
    """

    kind: Literal["graded"]
    bits: int = Field(ge=0, le=8, description="the smallest spike is theta / 2^bits, 0 to 8")
    timesteps: tuple[PositiveInt, ...] = Field(description="the numbers T of steps, a list")

    @property
    def choices(self) -> tuple[int, ...]:
        return self.timesteps

    @property
    def levels_at_start(self) -> int:
        return self.timesteps[0] * 2**self.bits

    def sender(self, network: Tunable, image: Tensor, choice: int) -> Send:
        def send(site: Node, z: Tensor) -> Sent:
            unit = network.theta(site.name) / (choice * 2**self.bits)
            share = z / unit if site.role == "relay" else (z / unit).relu()
            count = rounded(share)
            return Sent(count * unit, self._spikes(share, count.detach(), choice))

        return send

    def _spikes(self, share: Tensor, count: Tensor, timesteps: int) -> Tensor:
        """Return the number of spikes for `count` units; its slope is that of half its bits."""
        whole = (count.abs() / 2**self.bits + 1 / 3).floor().clamp(max=timesteps)
        exact = whole + digits(count.abs() - whole * 2**self.bits)
        smooth = (1 + share.abs()).log2() / 2
        return exact + (smooth - smooth.detach())


def digits(count: Tensor) -> Tensor:
    """Return how many digits of the non-adjacent form of whole numbers are not 0.

    n and 3n differ in the places where the form of 2n has its digits (Reitwiesner, 1960). Above
    `LARGEST` the digits of `LARGEST` stand for those of a number.
    """
    table = _table().to(count.device, count.dtype)
    return table[count.abs().clamp(max=LARGEST).long()]


@cache
def _table() -> Tensor:
    return torch.tensor([(n ^ 3 * n).bit_count() for n in range(LARGEST + 1)])
