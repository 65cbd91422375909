"""All counts of one simulation, and what they say of each layer: events, SynOps, MACs."""

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Self

import torch
from torch import Tensor

from spikebench.snn.engine.counting.spike_counter import SiteCount, SpikeCounter
from spikebench.snn.engine.counting.work_counters import (
    AnalogueCounter,
    MacCounter,
    PassCounter,
    StateCounter,
    shared,
)
from spikebench.snn.engine.tiling import Band
from spikebench.snn.graph.fanout import fan_outs
from spikebench.snn.graph.nodes import Graph, Kind, Node
from spikebench.snn.model.recording import LayerCount
from spikebench.snn.model.spikes.spikemap import SpikeMap, numbers
from spikebench.spike_kinds import SpikeKind


class Counters:
    """The counters of a simulation, of a whole image or of a band's own rows (`band`).

    `bits` holds the width of what a site sends, where its neurons quantise. `apart` keeps what
    differs from image to image for each of them.
    """

    def __init__(
        self,
        graph: Graph,
        band: Band | None = None,
        bits: Mapping[str, int] | None = None,
        *,
        apart: bool = False,
    ) -> None:
        self.graph, self.band, self._bits, self.apart = graph, band, bits or {}, apart
        self.spikes = SpikeCounter(graph)
        self.passes, self.macs, self.state = PassCounter(), MacCounter(), StateCounter()
        self.analogue = AnalogueCounter()
        self._mapping: LayerCount | None = None
        self._reach: dict[str, dict[str, Tensor]] = {}

    def reset(self) -> None:
        """Forget everything that was counted."""
        for counter in (self.spikes, self.passes, self.macs, self.state, self.analogue):
            counter.reset()
        self._mapping = None

    def update(self, node: Node, value: Tensor | SpikeMap, result: Tensor, *, bias: bool) -> None:
        """Count what a synapse does to a value for a result, or for neurons of its shape."""
        own = self.own(node.name, result)
        self.macs.update(node, self.own(node.inputs[0], numbers(value)), own)
        self.state.update(own.numel() * (bias and node.synapse.bias is not None))

    def update_analogue(self, node: Node, inputs: list[Tensor], result: Tensor) -> None:
        """Count what an analogue node takes, of a band its own rows."""
        own = [self.own(name, value) for name, value in zip(node.inputs, inputs, strict=True)]
        self.analogue.update(node, own, self.own(node.name, result))
        self.state.update(self.analogue.compute()[node.name].state)

    def update_mapping(self, mapped: LayerCount) -> None:
        """Note what maps the output layer's values, once for each output."""
        self._mapping = mapped

    def compute(self) -> list[LayerCount]:
        """Return the counts of every synapse and analogue node, and of the output's mapping."""
        of = {Kind.SYNAPSE: self._layer, Kind.ANALOGUE: self._node}
        layers = [of[node.kind](node) for node in self.graph if node.kind in of]
        return [*layers, self._mapping] if self._mapping else layers

    def own(self, node: str, value: Tensor) -> Tensor:
        """Return the part of a map (N, C, H, W) that is counted: all, or a band's own rows."""
        return value if self.band is None else self.band.own(node, value)

    def top(self, node: str) -> int:
        """Return the first row of a node's map that is counted."""
        return 0 if self.band is None else self.band.rows(node)[0]

    def totals(self) -> tuple[int, int]:
        """Return the number of neurons and of their spikes (with multiplicity)."""
        found = self.spikes.compute().values()
        return sum(site.neurons for site in found), sum(site.total for site in found)

    def kind(self) -> SpikeKind:
        """Return the richest alphabet that any site used."""
        kinds = (site.kind for site in self.spikes.compute().values())
        return max(kinds, default=SpikeKind.NONE)

    def fork(self) -> Self:
        """Return an independent copy, for phases that follow a recorded T."""
        other = self.snapshot()
        other.spikes = self.spikes.fork()
        return other

    def snapshot(self) -> Self:
        """Return a copy for what is linear behind the neurons; no spike may be added to it."""
        other = copy.copy(self)
        other.passes, other.macs = self.passes.copy(), self.macs.copy()
        other.state = self.state.copy()
        return other

    def by_image(self, images: int) -> list[Self]:
        """Return the counts of each image of the batch, which were kept `apart`."""
        reach: dict[str, dict[str, Tensor]] = {}
        found = []
        for place in range(images):
            other = copy.copy(self)
            other.spikes, other.passes = self.spikes.of_image(place), self.passes.copy()
            other.macs, other.state = self.macs.copy(images), self.state.copy(images)
            other.analogue, other._reach = self.analogue.copy(images), reach
            other._mapping = self._mapping and _mapped(self._mapping, images)
            found.append(other)
        return found

    def _layer(self, node: Node) -> LayerCount:
        macs = self.macs.compute()[node.name]
        passes, image_passes = self.passes.compute()
        if node.inputs[0] not in self.graph.driven:
            return _analogue(node, macs, macs * image_passes)
        sources = self.graph.spike_sources(node.inputs[0]) or []
        counts = [self.spikes.compute()[site] for site in sources]
        kind = max(found.kind for found in counts)
        dense = macs * passes
        analogue = dense if kind is SpikeKind.ANALOGUE else 0
        return LayerCount(
            node.name,
            node.op,
            kind,
            neurons=sum(found.neurons for found in counts),
            events=sum(found.events for found in counts),
            spikes=sum(found.total for found in counts),
            synops=0 if analogue else self._synops(node, dict(zip(sources, counts, strict=True))),
            macs_cached=analogue,
            macs_streaming=analogue,
            macs_analogue=dense,
            bits=max((self._bits[site] for site in sources if site in self._bits), default=None),
        )

    def _node(self, node: Node) -> LayerCount:
        work = self.analogue.compute()[node.name]
        found = _analogue(node, work.macs, work.macs)
        return replace(found, special_ops=work.special, is_node=True)

    def _synops(self, node: Node, sources: dict[str, SiteCount]) -> int:
        if node.name not in self._reach:
            shapes = {site: found.shape for site, found in sources.items()}
            reach = self._fan_outs(node, shapes)
            self._reach[node.name] = {n: r.to(sources[n].spikes.device) for n, r in reach.items()}
        reached = self._reach[node.name].items()
        return sum(int((sources[site].spikes * reach).sum()) for site, reach in reached)

    def _fan_outs(self, node: Node, shapes: dict[str, torch.Size]) -> dict[str, Tensor]:
        """Return the fan-out of each neuron counted here into a synapse, by site."""
        if self.band is None:
            return fan_outs(self.graph, node, shapes)
        whole = {site: self.band.whole(site, shape) for site, shape in shapes.items()}
        found = fan_outs(self.graph, node, whole)
        return {site: self.band.own_of_whole(site, reach) for site, reach in found.items()}


def _mapped(mapping: LayerCount, images: int) -> LayerCount:
    cached, streaming = (shared(n, images) for n in (mapping.macs_cached, mapping.macs_streaming))
    return replace(mapping, macs_cached=cached, macs_streaming=streaming)


def _analogue(node: Node, cached: int, streaming: int) -> LayerCount:
    kind = SpikeKind.ANALOGUE
    return LayerCount(node.name, node.op, kind, macs_cached=cached, macs_streaming=streaming)
