"""A compiled network whose weights and thresholds can be learnt."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from spikebench.snn.calibration.activations import Calibration
from spikebench.snn.graph.forward import run
from spikebench.snn.graph.nodes import Graph, Node
from spikebench.snn.model.network import Network
from spikebench.snn.model.neurons import Relay
from spikebench.snn.model.tuned import owners

LEAST = 1 / 64  # of a layer's largest threshold


class Tunable(nn.Module):
    """A graph with learnable weights, and one learnable threshold for each channel of a site.

    Thresholds are held as logarithms, so that they stay positive and a rate means the same for
    large and small ones. Calls of one module share its weights (`snn.tuned.owners`). `pixel_map`
    maps what a spiking output layer says (N, C, H, W), where the graph has one.
    """

    def __init__(
        self, graph: Graph, thresholds: dict[str, Tensor], pixel_map: nn.Conv2d | None = None
    ) -> None:
        super().__init__()
        self.graph = graph
        self.pixel_map = pixel_map
        self.weights = nn.ModuleDict(owners(graph)).requires_grad_()
        self.log_thresholds = nn.ParameterDict(
            {site: nn.Parameter(theta.log()) for site, theta in thresholds.items()}
        )

    @classmethod
    def of(
        cls, backbone: nn.Module, patches: Tensor, levels: int, cpm: int | None = None
    ) -> "Tunable":
        """Compile a backbone; thresholds start where `levels` steps lose least of the patches.

        `patches` (N, C, h, w) are degraded training patches. Channels that are silent on them get
        `LEAST` of the layer's largest threshold. The backbone is left as it is. With `cpm` the
        output layer spikes, its threshold starts at the largest current, and a pixel map with a
        kernel of that side, which starts at the identity, is learnt too. Raises `Refusal` where
        there is no single output layer.
        """
        network = Network.of(backbone)
        calibration = Calibration.of(network, patches)
        thresholds = {}
        for site in network.graph.sites:
            theta = calibration.mse(site, levels, per_channel=True, rounding="nearest")
            thresholds[site.name] = theta.maximum(LEAST * theta.max())
        if cpm is None:
            return cls(network.graph, thresholds)
        output = calibration.place_output(network, Relay).name
        theta = thresholds[output] = network.neurons[output].theta.clone()
        return cls(network.graph, thresholds, identity_map(theta.numel(), cpm))

    def theta(self, site: str) -> Tensor:
        """Return the thresholds of a site, (1, C, 1, 1)."""
        return self.log_thresholds[site].exp()

    @property
    def thresholds(self) -> dict[str, Tensor]:
        """The thresholds of all sites, detached."""
        return {site: self.theta(site).detach().clone() for site in self.log_thresholds}

    def forward(
        self, image: Tensor, send: Callable[[Node, Tensor], tuple[Tensor, Tensor]]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the output for `image` (N, C, H, W), and the spikes of each site (N, C, H, W)."""
        spikes: dict[str, Tensor] = {}

        def activate(site: Node, z: Tensor) -> Tensor:
            value, spikes[site.name] = send(site, z)
            return self.pixel_map(value) if self.pixel_map and site.role == "output" else value

        return run(self.graph, image, activate), spikes


def identity_map(channels: int, kernel: int) -> nn.Conv2d:
    """Return a convolution of C to C channels that changes nothing yet, borders replicated."""
    convolution = nn.Conv2d(
        channels, channels, kernel, padding=kernel // 2, padding_mode="replicate"
    )
    state = {"weight": nn.init.dirac_(torch.empty_like(convolution.weight))}
    convolution.load_state_dict(state | {"bias": torch.zeros(channels)})
    return convolution
