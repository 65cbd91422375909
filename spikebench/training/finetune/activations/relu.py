"""The ANN as it is: a control that has the same training and no spikes."""

from typing import ClassVar, Literal

from torch import Tensor

from spikebench.snn.graph.forward import relu
from spikebench.snn.graph.nodes import Node
from spikebench.training.finetune.activations.activation import Activation, Send, Sent
from spikebench.training.finetune.network import Tunable


class Relu(Activation):
    """ReLU, and the identity at relays; thresholds are not learnt and mean nothing.

    Its energy is that of the ANN and no part of the loss.
    """

    kind: Literal["relu"]

    sends_spikes: ClassVar[bool] = False

    @property
    def choices(self) -> tuple[int, ...]:
        return (1,)

    @property
    def levels_at_start(self) -> int:
        return 1

    def sender(self, network: Tunable, image: Tensor, choice: int) -> Send:
        def send(site: Node, z: Tensor) -> Sent:
            value = relu(site, z)
            return Sent(value, value.new_zeros(()))

        return send
