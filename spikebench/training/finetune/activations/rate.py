"""The activation of multi-threshold neurons: the rate at which they fire, found by running them."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field, PositiveInt
from torch import Tensor

from spikebench.snn.graph.forward import run
from spikebench.snn.graph.nodes import Node
from spikebench.snn.model.neurons import Relay
from spikebench.snn.model.spikes.spikemap import dense
from spikebench.snn.model.step import Step
from spikebench.snn.toolbox.greedy import FourLevels
from spikebench.training.finetune.activations.activation import Activation, Send, Sent
from spikebench.training.finetune.network import Tunable


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


class Sums(NamedTuple):
    """Sums over time at a site, each (N, C, H, W): the currents, the values sent, the spikes."""

    current: Tensor
    value: Tensor
    spikes: Tensor

    def plus(self, other: "Sums") -> "Sums":
        return Sums(*(ours + theirs for ours, theirs in zip(self, other, strict=True)))


@torch.no_grad()
def _simulated(network: Tunable, image: Tensor, timesteps: int) -> dict[str, Sums]:
    """Return the sums over all steps by site."""
    sums: dict[str, Sums] = {}
    states: dict[str, dict[str, Tensor]] = {}

    def fire(site: Node, z: Tensor) -> Tensor:
        kind = Relay if site.role == "relay" else FourLevels
        neuron = kind(network.theta(site.name))
        state = states.setdefault(site.name, neuron.start(z))
        sent, number = neuron.step(state, z, Step(1))
        value = dense(sent)
        now = Sums(z, value, neuron_spikes(number).to(z))
        before = sums.get(site.name)
        sums[site.name] = before.plus(now) if before else now
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
    return torch.stack([(units >> place) & 1 for place in range(4)]).sum(dim=0)
