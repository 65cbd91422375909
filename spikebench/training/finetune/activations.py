"""What a neuron's spikes add up to, as a function that can be trained through.

Each activation maps the mean current z at a site to the mean of what the neuron there will send,
and to how many spikes that takes. Rounding is exact forwards and the identity backwards (Bengio et
al., 2013, straight-through). Thresholds theta (1, C, 1, 1) are learnt where the formula holds them.
"""

from collections.abc import Callable
from functools import cache
from typing import Literal, NamedTuple

import torch
from pydantic import BaseModel, ConfigDict, Field, PositiveInt
from torch import Tensor

from spikebench.snn.graph.forward import run
from spikebench.snn.graph.nodes import Node
from spikebench.snn.model.neurons import Relay
from spikebench.snn.model.step import Step
from spikebench.snn.toolbox.greedy import FourLevels
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


class Staircase(Activation):
    """theta/L * round(L * clip(z/theta, 0, 1)), half up: what T = L steps can say.

    At a relay the clip starts at -1. The clamp comes before the rounding, so that theta learns from
    values above it (Bu et al., ICLR 2022, in the order of the authors' second program). With
    L = 2^b - 1 it is the quantiser of Fast-SNN and, as theta = L s, that of LSQ (Esser et al., ICLR
    2020) without its scaling of the gradient of s.
    """

    kind: Literal["staircase"]
    levels: tuple[PositiveInt, ...] = Field(description="the numbers L of levels, a list")

    @property
    def choices(self) -> tuple[int, ...]:
        return self.levels

    @property
    def levels_at_start(self) -> int:
        return self.levels[0]

    def sender(self, network: Tunable, image: Tensor, choice: int) -> Send:
        def send(site: Node, z: Tensor) -> Sent:
            theta = network.theta(site.name)
            lowest = -1.0 if site.role == "relay" else 0.0
            count = rounded((z / theta).clamp(lowest, 1.0) * choice)
            return Sent(count * (theta / choice), count.abs())

        return send


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


class Rate(Activation):
    """The rate at which multi-threshold neurons really fire, found by running them for T steps.

    Backwards it is the identity where the sum of the currents is positive. Li et al.,
    Neurocomputing 586, 2024 (Spiking-UNet), sec. 3.3. Thresholds are not learnt.
    """

    kind: Literal["rate"]
    timesteps: tuple[PositiveInt, ...] = Field(description="the numbers T of steps, a list")

    @property
    def choices(self) -> tuple[int, ...]:
        return self.timesteps

    @property
    def levels_at_start(self) -> int:
        return 4 * self.timesteps[0]  # its smallest spike is theta / 4

    def sender(self, network: Tunable, image: Tensor, choice: int) -> Send:
        sums = _simulated(network, image, choice)

        def send(site: Node, z: Tensor) -> Sent:
            current, value, spikes = sums[site.name]
            gate = (current > 0).to(z) if site.role == "activation" else 1.0
            return Sent(value / choice + gate * (z - z.detach()), spikes)

        return send


def rounded(value: Tensor) -> Tensor:
    """Round to the nearest whole number, half up; backwards the identity."""
    return (value + 0.5).floor() + (value - value.detach())


def digits(count: Tensor) -> Tensor:
    """Return how many digits of the non-adjacent form of whole numbers are not 0.

    n and 3n differ in the places where the form of 2n has its digits (Reitwiesner, 1960). Above
    `LARGEST` the digits of `LARGEST` stand for those of a number.
    """
    table = _table().to(count.device, count.dtype)
    return table[count.abs().clamp(max=LARGEST).long()]


LARGEST = 2**14


@cache
def _table() -> Tensor:
    return torch.tensor([(n ^ 3 * n).bit_count() for n in range(LARGEST + 1)])


@torch.no_grad()
def _simulated(
    network: Tunable, image: Tensor, timesteps: int
) -> dict[str, tuple[Tensor, Tensor, Tensor]]:
    """Return by site the sums over time of the currents, of the values sent and of the spikes."""
    sums: dict[str, tuple[Tensor, Tensor, Tensor]] = {}
    states: dict[str, dict[str, Tensor]] = {}

    def fire(site: Node, z: Tensor) -> Tensor:
        kind = Relay if site.role == "relay" else FourLevels
        neuron = kind(network.theta(site.name))
        state = states.setdefault(site.name, neuron.start(z))
        value, number = neuron.step(state, z, Step(1))
        before = sums.get(site.name, (0.0, 0.0, 0.0))
        spikes = neuron_spikes(number).to(z)
        sums[site.name] = tuple(a + b for a, b in zip(before, (z, value, spikes), strict=True))
        return value

    for _ in range(timesteps):
        run(network.graph, image, fire)
    return sums


def neuron_spikes(number: Tensor) -> Tensor:
    """Return how many spikes leave a multi-threshold neuron: the binary digits of 4n, n in theta.

    4n is a whole number from 0 to 15; a relay's -1, 0, 1 are one spike or none.
    """
    if not number.dtype.is_floating_point:
        return number.abs()
    units = (number * 4).to(torch.int8)
    return sum((units >> place) & 1 for place in range(4))
