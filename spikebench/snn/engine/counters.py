"""Exact counts of what a simulation did: events, SynOps, MACs, state operations."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.graph.fanout import fan_outs
from spikebench.snn.graph.nodes import Graph, Node
from spikebench.snn.graph.synapse import dense_macs
from spikebench.snn.model.spikemap import SpikeMap, numbers
from spikebench.snn.model.spikes import MOST_SPIKES_A_STEP, Digits, count
from spikebench.spike_kinds import SpikeKind

if TYPE_CHECKING:
    from spikebench.snn.engine.tiling import Band


@dataclass(frozen=True)
class LayerCount:
    """Counts of one synapse over the whole inference, summed over the batch.

    `neurons` send to it, `events` are their non-zero outputs, `spikes` the same with multiplicity,
    `synops` the spikes times their exact fan-out. MACs are those of an analogue input: `cached`
    pays a constant current once, `streaming` at every step.
    """

    layer: str
    op: str
    input_kind: SpikeKind
    neurons: int = 0
    events: int = 0
    spikes: int = 0
    synops: int = 0
    macs_cached: int = 0
    macs_streaming: int = 0


@dataclass(frozen=True)
class Recording:
    """The result at one T: the restored image (N, C, H, W) and what it took."""

    timesteps: int
    latency_steps: int
    output: Tensor
    decoded: Tensor | None  # the output layer's values before a skip is added, if there is one
    layers: list[LayerCount]
    neurons: int
    spikes: int
    state_ops: int
    seconds: float
    spike_kind: SpikeKind  # the richest alphabet any neuron used


@dataclass
class SiteTally:
    """Running counts of one site's spikes, which come in maps of `shape` (N, C, H, W).

    `spikes` are the multiplicities of each neuron, int16; or their sums over the channels, int32
    (N, 1, H, W), where all channels of a position reach the same.
    """

    spikes: Tensor
    shape: torch.Size
    events: int = 0
    kind: SpikeKind = SpikeKind.NONE
    steps: int = 0

    def total(self) -> int:
        """Return the number of spikes, with multiplicity."""
        return int(self.spikes.sum())

    @property
    def neurons(self) -> int:
        """The number of neurons, of all images of the batch."""
        return self.shape.numel()


@dataclass
class Tally:
    """Running counts of a simulation.

    Where neurons are counted one by one, each may send up to 32,767 spikes, which `add` guards.
    """

    graph: Graph
    band: "Band | None" = None  # of whose own rows the maps are; None: of the whole image
    sites: dict[str, SiteTally] = field(default_factory=dict)
    dense: dict[str, int] = field(default_factory=dict)  # MACs of one pass, by synapse
    image_passes: int = 0
    passes: int = 0
    state_ops: int = 0
    mapping_macs: int = 0  # of the pixel map, once per output
    reach: dict[str, dict[str, Tensor]] = field(default_factory=dict)

    def add(self, site: str, number: Tensor, digits: Digits = "binary") -> int:
        """Add the spike numbers of one step, shape (N, C, H, W), sent in such digits.

        Return the number of events, which are the neurons that sent something.
        """
        kind, events = count(number, self._site(site, number).spikes, digits)
        return self.note(site, kind, events)

    def running(self, site: str, like: Tensor) -> Tensor:
        """Return the counts of a site whose maps are shaped and laid out as `like`, (N, C, H, W).

        Who adds a step's spikes to them calls `note` for it.
        """
        return self._site(site, self.own(site, like)).spikes

    def note(self, site: str, kind: SpikeKind, events: int) -> int:
        """Note one step whose spikes are in the site's counts, and return its events."""
        tally = self.sites[site]
        tally.events += events
        tally.kind = max(tally.kind, kind)
        tally.steps += 1
        short = tally.spikes.dtype == torch.int16
        may_overflow = short and tally.steps * MOST_SPIKES_A_STEP > torch.iinfo(torch.int16).max
        if may_overflow and int(tally.spikes.min()) < 0:
            raise BenchError(
                f"Site '{site}': one neuron sent more than 32767 spikes; the counts are int16. "
                "Use fewer timesteps."
            )
        return events

    def own(self, node: str, value: Tensor) -> Tensor:
        """Return the part of a map (N, C, H, W) that is counted: all, or a band's own rows."""
        return value if self.band is None else self.band.own(node, value)

    def top(self, node: str) -> int:
        """Return the first row of a node's map that is counted."""
        return 0 if self.band is None else self.band.rows(node)[0]

    def charge(self, node: Node, value: Tensor | SpikeMap, result: Tensor, *, bias: bool) -> None:
        """Count what a synapse does to a value for a result, or for neurons of its shape."""
        value, own = numbers(value), self.own(node.name, result)
        self.dense[node.name] = dense_macs(node.module, self.own(node.inputs[0], value), own)
        self.state_ops += own.numel() * (bias and node.module.bias is not None)

    def _site(self, site: str, like: Tensor) -> SiteTally:
        if site not in self.sites:
            self.sites[site] = SiteTally(self._no_spikes(site, like), like.shape)
        return self.sites[site]

    def _no_spikes(self, site: str, number: Tensor) -> Tensor:
        if number.dim() == 4 and site in self.graph.read_directly:
            return number.new_zeros((len(number), 1, *number.shape[2:]), dtype=torch.int32)
        return torch.zeros_like(number, dtype=torch.int16)

    def fork(self) -> "Tally":
        """Return an independent copy, for phases that follow a recorded T."""
        sites = {
            name: replace(tally, spikes=tally.spikes.clone()) for name, tally in self.sites.items()
        }
        return replace(self, sites=sites, dense=dict(self.dense))

    def snapshot(self) -> "Tally":
        """Return a copy for what is linear behind the neurons; no spike may be added to it."""
        return replace(self, dense=dict(self.dense))

    def totals(self) -> tuple[int, int]:
        """Return the number of neurons and of their spikes (with multiplicity)."""
        neurons = sum(tally.neurons for tally in self.sites.values())
        return neurons, sum(tally.total() for tally in self.sites.values())

    def kind(self) -> SpikeKind:
        """Return the richest alphabet that any site used."""
        return max((tally.kind for tally in self.sites.values()), default=SpikeKind.NONE)

    def layers(self) -> list[LayerCount]:
        """Return the counts of every synapse in execution order."""
        layers = [self._layer(node) for node in self.graph.synapses]
        if self.mapping_macs:
            macs = self.mapping_macs
            kind = SpikeKind.ANALOGUE
            layers.append(
                LayerCount("pixel_map", "Conv2d", kind, macs_cached=macs, macs_streaming=macs)
            )
        return layers

    def _layer(self, node: Node) -> LayerCount:
        macs = self.dense[node.name]
        op = type(node.module).__name__
        if node.inputs[0] not in self.graph.driven:
            streamed = macs * self.image_passes
            return LayerCount(
                node.name, op, SpikeKind.ANALOGUE, macs_cached=macs, macs_streaming=streamed
            )
        sources = self.graph.spike_sources(node.inputs[0])
        tallies = [self.sites[site] for site in sources]
        kind = max(tally.kind for tally in tallies)
        analogue = macs * self.passes if kind is SpikeKind.ANALOGUE else 0
        return LayerCount(
            node.name,
            op,
            kind,
            neurons=sum(tally.neurons for tally in tallies),
            events=sum(tally.events for tally in tallies),
            spikes=sum(tally.total() for tally in tallies),
            synops=0 if analogue else self._synops(node, sources),
            macs_cached=analogue,
            macs_streaming=analogue,
        )

    def _synops(self, node: Node, sources: list[str]) -> int:
        if node.name not in self.reach:
            self.reach[node.name] = self._reach(node, sources)
        return sum(
            int((self.sites[site].spikes * reach).sum())
            for site, reach in self.reach[node.name].items()
        )

    def _reach(self, node: Node, sources: list[str]) -> dict[str, Tensor]:
        """Return the fan-out of each neuron counted here into a synapse, by site."""
        shapes = {site: self.sites[site].shape for site in sources}
        if self.band is None:
            return fan_outs(self.graph, node, shapes)
        whole = {site: self.band.whole(site, shape) for site, shape in shapes.items()}
        found = fan_outs(self.graph, node, whole)
        return {site: self.band.own_of_whole(site, reach) for site, reach in found.items()}
