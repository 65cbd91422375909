"""Activations with evenly spaced levels: what integrate-and-fire neurons say in L steps."""

from typing import Literal

from pydantic import Field, PositiveInt
from torch import Tensor

from spikebench.snn.graph.nodes import Node
from spikebench.training.finetune.activations.activation import Activation, Send, Sent
from spikebench.training.finetune.activations.levels import Levels
from spikebench.training.finetune.network import Tunable


class Staircase(Activation):
    """theta/L * round(L * clip(z/theta, 0, 1)), half up: what T = L steps can say.

    At a relay and at a spiking output the clip starts at -1. The clamp comes before the rounding,
    so that theta learns from values above it (Bu et al., ICLR 2022, in the order of the authors'
    second program). With L = 2^b - 1 it is the quantiser of Fast-SNN and, as theta = L s, that of
    LSQ (Esser et al., ICLR 2020) without its scaling of the gradient of s.
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
            lowest = 0.0 if site.role == "activation" else -1.0
            value, count = Levels.apply(z, theta, lowest, choice)
            return Sent(value, count.abs() if lowest else count)

        return send
