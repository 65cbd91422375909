"""A compiled network whose weights and thresholds can be learnt."""

from collections.abc import Callable

from torch import Tensor, nn

from spikebench.snn.calibration.activations import Calibration
from spikebench.snn.graph.forward import run
from spikebench.snn.graph.nodes import Graph, Node
from spikebench.snn.model.network import Network
from spikebench.snn.model.tuned import owners

LEAST = 1 / 64  # of a layer's largest threshold


class Tunable(nn.Module):
    """A graph with learnable weights, and one learnable threshold for each channel of a site.

    Thresholds are held as logarithms, so that they stay positive and a rate means the same for
    large and small ones. Calls of one module share its weights (`snn.tuned.owners`).
    """

    def __init__(self, graph: Graph, thresholds: dict[str, Tensor]) -> None:
        super().__init__()
        self.graph = graph
        self.weights = nn.ModuleDict(owners(graph)).requires_grad_()
        self.log_thresholds = nn.ParameterDict(
            {site: nn.Parameter(theta.log()) for site, theta in thresholds.items()}
        )

    @classmethod
    def of(cls, backbone: nn.Module, patches: Tensor, levels: int) -> "Tunable":
        """Compile a backbone; thresholds start where `levels` steps lose least of the patches.

        `patches` (N, C, h, w) are degraded training patches. Channels that are silent on them get
        `LEAST` of the layer's largest threshold. The backbone is left as it is.
        """
        network = Network.of(backbone)
        calibration = Calibration.of(network, patches)
        thresholds = {}
        for site in network.graph.sites:
            theta = calibration.mse(site, levels, per_channel=True, rounding="nearest")
            thresholds[site.name] = theta.maximum(LEAST * theta.max())
        return cls(network.graph, thresholds)

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
            return value

        return run(self.graph, image, activate), spikes
