"""sinabs 3: its IAF neuron, at one step after the other or with all steps in a batch."""

import torch
from sinabs.activation import MembraneSubtract, SingleSpike
from sinabs.layers import IAFSqueeze
from torch import Tensor, nn

MODES = (
    "single-step",
    "single-step channels-last",
    "multi-step",
    "multi-step channels-last",
)


class Spiking(nn.Module):
    """Integrate and fire, at most one spike a step, soft reset, no lower bound of the membrane."""

    def __init__(self, theta: float) -> None:
        super().__init__()
        self.theta = theta
        self.neuron = IAFSqueeze(
            batch_size=1,
            spike_threshold=torch.tensor(theta),
            spike_fn=SingleSpike,
            reset_fn=MembraneSubtract(),
        )

    def forward(self, current: Tensor) -> Tensor:
        return self.neuron(current).to(current) * self.theta  # spikes are always float32


def spiking(theta: float, mode: str) -> nn.Module:
    """Return the neuron."""
    return Spiking(theta)


def restore(network: nn.Module, image: Tensor, timesteps: int, mode: str) -> Tensor:
    """Return the mean output for one image (1, C, H, W)."""
    for module in network.modules():
        if isinstance(module, IAFSqueeze):
            module.reset_states()
    if mode.startswith("multi"):
        return network(image.expand(timesteps, *image.shape[1:])).mean(0, keepdim=True)
    total = network(image)
    for _ in range(timesteps - 1):
        total = total + network(image)
    return total / timesteps
