"""snnTorch 1: its Leaky neuron without leak, one step after the other."""

import snntorch
from snntorch import utils
from torch import Tensor, nn

MODES = ("single-step", "single-step channels-last")


class Spiking(nn.Module):
    """Integrate and fire at u > theta, soft reset before the next current: the same potentials.

    With `reset_delay=False` a potential that is still above theta after a reset loses a spike.
    """

    def __init__(self, theta: float) -> None:
        super().__init__()
        self.theta = theta
        self.neuron = snntorch.Leaky(
            beta=1.0,
            threshold=theta,
            reset_mechanism="subtract",
            init_hidden=True,
        )

    def forward(self, current: Tensor) -> Tensor:
        return self.neuron(current).to(current) * self.theta  # spikes are always float32


def spiking(theta: float, mode: str) -> nn.Module:
    """Return the neuron."""
    return Spiking(theta)


def restore(network: nn.Module, image: Tensor, timesteps: int, mode: str) -> Tensor:
    """Return the mean output for images (N, C, H, W)."""
    utils.reset(network)
    total = network(image)
    for _ in range(timesteps - 1):
        total = total + network(image)
    return total / timesteps
