"""Residual membrane potential: what may still be sent of it, and the pass in which it is."""

from dataclasses import dataclass

from torch import Tensor

from spikebench.snn.model.protocols import Protocol, Steppable
from spikebench.snn.model.recording import Recording
from spikebench.snn.model.step import REUSE, Step


def reuse(
    residual: Tensor,
    unit: Tensor | float,
    relax: float,
    most: Tensor | float,
    floor: Tensor | float | None = None,
) -> Tensor:
    """Return what leaves for each residual potential, in units of the threshold.

    `residual`: potential minus v(0), in units of the threshold. Its magnitude is cut to whole
    multiples of `unit`, a power of two, of which the last one leaves if the rest covers `relax` of
    it: 0.5 rounds to the nearest, 1 rounds down. At most `most` leaves, of either sign, and no less
    than `floor` (minus what was sent, for a neuron whose output stays >= 0).
    """
    number = residual.abs().div_(unit).add_(1 - relax).floor_().mul_(unit).clamp_(max=most)
    number.copysign_(residual)
    return number if floor is None else number.clamp_(min=floor)


@dataclass
class ReuseAfterwards(Protocol):
    """Direct coding, then one pass that reuses what is left on the membranes.

    At each recorded T a copy of the state makes one more pass without image and biases, in phase
    "reuse", layer after layer, so that what a layer sends then still reaches the layers behind it.
    The pass adds one step of latency, and its spikes are counted.
    """

    def record(self, simulation: Steppable, time: int) -> Recording:
        fork = simulation.fork()
        fork.step(Step(time + 1, image=False, bias=False, phase=REUSE, timesteps=time))
        return fork.record(time)
