"""Statistics of the ANN's activations on calibration patches, from which thresholds are set."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.calibration.recorded import SpikeTrain
from spikebench.snn.calibration.thresholds import Rounding, mse_threshold
from spikebench.snn.graph.forward import Observer, run_ann
from spikebench.snn.graph.nodes import Graph, Node, Site
from spikebench.snn.model.network import Network
from spikebench.snn.model.neuron import Neuron
from spikebench.snn.model.neurons import Relay
from spikebench.snn.model.tuned import TunedState

SMALLEST_THRESHOLD = 1e-6  # of a channel that is silent on all patches, in units of the activation


@dataclass
class Calibration:
    """What a method may look at: patches (N, C, h, w) of training images, and the ANN on them.

    All patches pass through the ANN once, at construction; memory is that of their activations,
    4*N*C*h*w bytes for each site.
    """

    patches: Tensor
    inputs: dict[str, Tensor]
    state: TunedState | None = None
    spike_trains: dict[str, SpikeTrain] = field(
        default_factory=dict
    )  # what sites sent: `snn.calibration.layerwise`

    @classmethod
    def of(
        cls, network: Network, patches: Tensor, batch: int = 16, state: TunedState | None = None
    ) -> "Calibration":
        """Run the ANN on all patches and keep what enters every site, shape (N, C, h, w).

        `state` is the fine-tuned one whose weights the network has, if there is one.
        """
        kept: dict[str, list[Tensor]] = {}
        for chunk in patches.split(batch):
            run_ann(network.graph, chunk, _keep_sites(network.graph, kept))
        return cls(patches, {name: torch.cat(parts) for name, parts in kept.items()}, state)

    def activation(self, site: Site) -> Tensor:
        """Return the ANN's values at a site, (N, C, h, w): after ReLU, or the relayed current."""
        value = self.inputs[site.name]
        return value.relu() if site.role == "activation" else value

    def trained(self, site: Site) -> Tensor:
        """Return the threshold that was learnt for a site, (1, C, 1, 1).

        Raises `BenchError` where the method was given no fine-tuned state.
        """
        if self.state is None:
            raise BenchError(
                f"No threshold was trained for site '{site.name}': the method has no state. Set "
                "its option `tuned` to a recipe of finetuning/."
            )
        learnt = self.state.thresholds[site.name].to(self.patches.device)
        return learnt.clamp(min=SMALLEST_THRESHOLD)

    @property
    def trained_output(self) -> dict[str, Tensor]:
        """What was learnt for a spiking output layer (`TunedState.output`), {} if nothing was."""
        learnt = self.state.output if self.state else {}
        return {name: value.to(self.patches.device) for name, value in learnt.items()}

    def place_output(self, network: Network, neuron: Callable[..., Neuron], **options: Any) -> Site:
        """Let the output layer spike and return its site.

        The threshold is, per channel, the largest magnitude of the output currents: the neuron's
        mean output reaches from -theta to theta.
        """
        synapse = network.last_synapse()
        current = run_ann(network.graph.until(synapse), self.patches)
        theta = current.abs().amax(dim=(0, 2, 3), keepdim=True).clamp(min=SMALLEST_THRESHOLD)
        return network.spiking_output(neuron(theta, **options))

    def maximum(self, site: Site, *, per_channel: bool = False) -> Tensor:
        """Return the largest magnitude, shape () or (1, C, 1, 1): the exact maximum over all
        patches, not a moving average of batch maxima.
        """
        magnitude = self.activation(site).abs()
        found = magnitude.amax(dim=(0, 2, 3), keepdim=True) if per_channel else magnitude.max()
        return found.clamp(min=SMALLEST_THRESHOLD)

    def place_relay(self, network: Network, site: Site) -> None:
        """Put the default neuron at a relay: signed, its threshold the largest magnitude there."""
        network.place(site, Relay(self.maximum(site, per_channel=True)))

    def mse(
        self,
        site: Site,
        levels: int,
        *,
        per_channel: bool = False,
        cap: float = 1.0,
        rounding: Rounding = "floor",
    ) -> Tensor:
        """Return the threshold that loses least in quantising the activation to `levels` steps.

        Shape () or (1, C, 1, 1). See `spikebench.snn.calibration.thresholds.mse_threshold`.
        """
        magnitude = self.activation(site).abs().cpu()  # a GPU adds up in an order of its own
        found = mse_threshold(
            magnitude, levels, per_channel=per_channel, cap=cap, rounding=rounding
        )
        return found.clamp(min=SMALLEST_THRESHOLD).to(self.patches.device)

    def percentile(self, site: Site, q: float, *, per_channel: bool = False) -> Tensor:
        """Return the q-th percentile of the non-zero magnitudes, shape () or (1, C, 1, 1).

        The definition of the reference implementation of Rueckauer et al. (SNNToolBox): zeros of
        ReLU do not count, all patches are taken at once, values are interpolated linearly.
        A channel without any activity gets `SMALLEST_THRESHOLD`. 0 < q <= 100.
        """
        magnitude = self.activation(site).abs().cpu()
        groups = magnitude.transpose(0, 1).flatten(1) if per_channel else magnitude.reshape(1, -1)
        found = [_percentile_of_nonzero(group, q) for group in groups]
        result = torch.tensor(found, dtype=magnitude.dtype).clamp(min=SMALLEST_THRESHOLD)
        result = result.to(self.patches.device)
        return result.view(1, -1, 1, 1) if per_channel else result[0]


def _percentile_of_nonzero(values: Tensor, q: float) -> float:
    # numpy: torch.quantile refuses more than 2**24 elements
    numbers = values.numpy()
    active = numbers[numbers != 0]
    return float(np.percentile(active, q)) if active.size else 0.0


def _keep_sites(graph: Graph, kept: dict[str, list[Tensor]]) -> Observer:
    names = {site.name for site in graph.sites}

    def observe(node: Node, inputs: list[Tensor], value: Tensor) -> None:
        if node.name in names:
            kept.setdefault(node.name, []).append(inputs[0].clone())

    return observe
