"""A converted network: the compiled graph with a neuron at every site."""

from dataclasses import dataclass, field, replace
from typing import Any, Self

import torch
from torch import Tensor, nn

from spikebench.errors import BenchError, Refusal
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.nodes import Graph, Node, Site
from spikebench.snn.model.neuron import Neuron
from spikebench.snn.model.protocols import Protocol
from spikebench.snn.model.readouts import Mean, OutputMap


@dataclass(slots=True)
class Network:
    """A graph and what a method puts on it. Built by `Network.of(backbone)`."""

    graph: Graph
    neurons: dict[str, Neuron] = field(default_factory=dict)
    readout: Mean = field(default_factory=Mean)
    protocol: Protocol = field(default_factory=Protocol)
    output_map: OutputMap | None = None

    @classmethod
    def of(cls, backbone: nn.Module) -> Self:
        """Compile a backbone (see `compile_graph` for what is refused)."""
        return cls(compile_graph(backbone))

    @property
    def sites(self) -> list[Site]:
        """The activation call sites, in execution order: where a method places its neurons."""
        return [site for site in self.graph.sites if site.role == "activation"]

    @property
    def relays(self) -> list[Site]:
        """The sites before analogue inner synapses, placed by default if a method does not."""
        return [site for site in self.graph.sites if site.role == "relay"]

    def place(self, site: Site, neuron: Neuron) -> None:
        """Put a neuron at a site.

        Raises `BenchError` for a site that is not this network's, or a threshold that is not
        positive and finite, or neither scalar nor (1, C, 1, 1).
        """
        if site not in self.graph.sites:
            raise BenchError(f"Site '{site.name}' is not in this network: {self._names()}.")
        theta = torch.as_tensor(neuron.theta)
        if theta.numel() != 1 and not (theta.dim() == 4 and theta.numel() == theta.shape[1]):
            raise BenchError(
                f"Site '{site.name}' ({site.place}): threshold of shape {tuple(theta.shape)}. "
                "Give one threshold a layer, shape (), or one a channel, shape (1, C, 1, 1)."
            )
        if not (torch.isfinite(theta).all() and (theta > 0).all()):
            raise BenchError(
                f"Site '{site.name}' ({site.place}): a threshold is {theta.min().item():.3g}; "
                "thresholds must be positive and finite. Raise it to the smallest useful value."
            )
        self.neurons[site.name] = neuron

    def until(self, node: str) -> Self:
        """Return the front of this network, whose output is that node: its graph and neurons."""
        graph = self.graph.until(node)
        names = {site.name for site in graph.sites}
        neurons = {name: neuron for name, neuron in self.neurons.items() if name in names}
        return replace(self, graph=graph, neurons=neurons)

    def adjust(self, site: Site, **changes: Any) -> Neuron:
        """Put the site's neuron back with some fields replaced, such as `shift`; return it.

        A neuron is a value and does not change. Raises `BenchError` as `place` does.
        """
        neuron = replace(self.neurons[site.name], **changes)
        self.place(site, neuron)
        return neuron

    @property
    def bits(self) -> dict[str, int]:
        """The bits of what a site sends, of the sites whose neurons quantise and do not spike."""
        of_all = {site: neuron.bits for site, neuron in self.neurons.items()}
        return {site: bits for site, bits in of_all.items() if bits is not None}

    def last_synapse(self) -> str:
        """Return the name of the synapse behind the last neurons.

        Raises `Refusal` where the network does not end in exactly one.
        """
        ends = [node.name for node in self.graph.synapses if node.name in self.graph.tail]
        if len(ends) != 1:
            raise Refusal(
                f"A spiking output layer needs one last synapse, this network has {ends}. "
                "Read the mean of the currents instead."
            )
        return ends[0]

    @property
    def output_layer(self) -> str | None:
        """The node with the output layer's values, before any skip from the input is added.

        It is the spiking output site, or else the last synapse; None where there are several.
        """
        spiking = [site.name for site in self.graph.sites if site.role == "output"]
        ends = [node.name for node in self.graph.synapses if node.name in self.graph.tail]
        found = spiking or ends
        return found[0] if len(found) == 1 else None

    def spiking_output(self, neuron: Neuron) -> Site:
        """Let the output layer spike: put `neuron` behind the last synapse and return its site."""
        synapse = self.last_synapse()
        self.graph = self.graph.with_site(synapse, "output", self.graph.users[synapse])
        site = next(site for site in self.graph.sites if site.role == "output")
        self.place(site, neuron)
        return site

    def check_complete(self) -> None:
        """Raise `BenchError` unless every site has a neuron: nothing stays unconverted unseen."""
        missing = [f"{s.name} ({s.place})" for s in self.graph.sites if s.name not in self.neurons]
        if missing:
            raise BenchError(
                f"{len(missing)} of {len(self.graph.sites)} sites have no neuron: "
                f"{', '.join(missing)}. Call network.place(site, neuron) for each in network.sites."
            )

    def to(self, place: torch.dtype | torch.device) -> Self:
        """Bring weights, thresholds and maps to a floating dtype or a device, in place.

        Return the network.
        """
        for node in self.graph.synapses:
            node.synapse.to(place)
        self.graph = self.graph.with_nodes([_brought(node, place) for node in self.graph])
        self.neurons = {name: neuron.to(place) for name, neuron in self.neurons.items()}
        self.output_map = self.output_map and self.output_map.to(place)
        return self

    def _names(self) -> str:
        return "its sites are " + ", ".join(site.name for site in self.graph.sites)


def _brought(node: Node, place: torch.dtype | torch.device) -> Node:
    return replace(node, value=node.value.to(place)) if isinstance(node.value, Tensor) else node
