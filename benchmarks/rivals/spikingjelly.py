"""SpikingJelly 2: its IF neuron, at one step after the other or with all steps in a batch."""

from spikingjelly.activation_based import functional, neuron
from torch import Tensor, nn

MODES = (
    "single-step",
    "single-step channels-last",
    "multi-step",
    "multi-step channels-last",
)


class Spiking(nn.Module):
    """IF with soft reset. Of either mode, since its input is (T * N, C, H, W) where all steps come
    at once.
    """

    def __init__(self, theta: float, mode: str) -> None:
        super().__init__()
        step_mode = mode[0]  # "s" or "m"
        self.theta, self.folded = theta, step_mode == "m"
        self.neuron = neuron.IFNode(v_threshold=theta, v_reset=None, step_mode=step_mode)

    def forward(self, current: Tensor) -> Tensor:
        if not self.folded:
            return self.neuron(current) * self.theta
        return self.neuron(current[:, None]).flatten(0, 1) * self.theta  # N = 1


def spiking(theta: float, mode: str) -> nn.Module:
    """Return the neuron."""
    return Spiking(theta, mode)


def restore(network: nn.Module, image: Tensor, timesteps: int, mode: str) -> Tensor:
    """Return the mean output for one image (1, C, H, W)."""
    functional.reset_net(network)
    if mode.startswith("multi"):
        return network(image.expand(timesteps, *image.shape[1:])).mean(0, keepdim=True)
    total = network(image)
    for _ in range(timesteps - 1):
        total = total + network(image)
    return total / timesteps
