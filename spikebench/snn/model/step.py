"""One pass through a network, and what neurons remember between two of them."""

from dataclasses import dataclass

from torch import Tensor

# By name, maps (N, C, H, W) of one site: "v" is the membrane potential, in units of the activation.
State = dict[str, Tensor]

REGULAR = "regular"
REUSE = "reuse"  # neurons send what the regular steps left on their membranes
WAITING = "waiting"  # neurons integrate what arrives and send nothing yet
SILENT = "silent"  # neurons have sent all that they will


@dataclass(frozen=True)
class Step:
    """One pass through the network.

    `time` counts from 1. `image` and `bias` say whether the input image and the biases are
    presented, `read` whether its output enters the readout. `phase` is read by neurons that behave
    differently in it; the engine itself keeps a site that is WAITING or SILENT from firing.
    `timesteps` is T in a phase that follows the T regular steps, and 0 in all others.
    """

    time: int
    image: bool = True
    bias: bool = True
    read: bool = True
    phase: str = REGULAR
    timesteps: int = 0

    def at(self, layers: int) -> "Step":
        """Return what this pass is for a node that `layers` layers of neurons lie before."""
        return self
