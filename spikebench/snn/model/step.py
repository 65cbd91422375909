"""One pass through a network, and what neurons remember between two of them."""

from dataclasses import dataclass

from torch import Tensor

# By name, maps (N, C, H, W) of one site: "v" is the membrane potential, in units of the activation.
State = dict[str, Tensor]


@dataclass(frozen=True)
class Step:
    """One pass through the network.

    `time` counts from 1. `image` and `bias` say whether the input image and the biases are
    presented, `read` whether its output enters the readout. `phase` is read by neurons that behave
    differently in it (for example "reuse").
    """

    time: int
    image: bool = True
    bias: bool = True
    read: bool = True
    phase: str = "regular"
