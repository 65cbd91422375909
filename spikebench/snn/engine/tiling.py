"""Simulate a large image in bands of rows, so that its membranes fit a budget.

A band is simulated with the rows around it that its outputs depend on. Only its own rows are
counted and kept, so that together the bands are the whole image: nothing in a converted network
but the image's borders depends on the size of the image.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import ceil

import torch
from torch import Tensor

from spikebench.snn.graph.receptive import Geometry, geometry
from spikebench.snn.model.network import Network
from spikebench.snn.model.recording import LayerCount, Recording
from spikebench.spike_kinds import SpikeKind

BUDGET = 2 << 30  # bytes of membranes and counts
OF_A_NEURON = 6  # bytes: membrane float32, count int16
ALWAYS_WHOLE = 1 << 16  # pixels, of all images of a batch


@dataclass(frozen=True)
class Band:
    """Image rows `top` to `bottom`, of which `first` to `last` are its own, of `height` in all."""

    top: int
    first: int
    last: int
    bottom: int
    height: int
    scales: dict[str, Fraction]

    def of(self, image: Tensor) -> Tensor:
        """Return the band's rows of an image (N, C, H, W)."""
        return image[..., self.top : self.bottom, :]

    def own(self, node: str, value: Tensor) -> Tensor:
        """Return the own rows of a node's map (N, C, H, W) over the band."""
        first, last = self.rows(node)
        return value[..., first:last, :]

    def rows(self, node: str) -> tuple[int, int]:
        """Return the first own row of a node's map over the band, and the one after the last."""
        first, last = (int((row - self.top) * self.scales[node]) for row in (self.first, self.last))
        return first, last

    def own_of_whole(self, node: str, value: Tensor) -> Tensor:
        """Return the own rows of a node's map (N, C, H, W) over the whole image."""
        first, last = (int(row * self.scales[node]) for row in (self.first, self.last))
        return value[..., first:last, :]

    def whole(self, node: str, shape: torch.Size) -> torch.Size:
        """Return the shape of a node's map over the whole image, from that of its own rows."""
        rows = int(self.height * self.scales[node])
        return torch.Size((*shape[:-2], rows, shape[-1]))


def bands(network: Network, image: Tensor, budget: int | None = None) -> list[Band]:
    """Return the bands in which to simulate an image, none where it is simulated whole.

    `budget` is the memory of membranes and counts in bytes. A small image is cut only where a
    budget is given. One whose neurons look at their whole layer is never cut.
    """
    number, channels, height, width = image.shape
    if budget is None and number * height * width <= ALWAYS_WHOLE:
        return []
    budget = BUDGET if budget is None else budget
    found = geometry(network.graph, channels)
    sideways = None if found is None else _sideways(network, found)
    if found is None or sideways is None or height % found.step:
        return []
    by_row = number * width * found.neurons * OF_A_NEURON
    reach = found.reach + _mapped(network, found) + sideways
    rows = int(budget / by_row) - 2 * reach
    if by_row * height <= budget:
        return []
    rows = max(rows // found.step, 1) * found.step
    edges = [*range(0, height, rows), height]
    margin = -(-reach // found.step) * found.step
    return [
        Band(max(0, first - margin), first, last, min(height, last + margin), height, found.scales)
        for first, last in pairwise(edges)
    ]


def _sideways(network: Network, found: Geometry) -> int | None:
    """Return how many image rows neurons look beyond their own, all layers together.

    None where one looks at its whole layer.
    """
    rows = 0
    for site, neuron in network.neurons.items():
        if neuron.reach is None:
            return None
        rows += ceil(neuron.reach / found.scales[site])
    return rows


def _mapped(network: Network, found: Geometry) -> int:
    """Return on how many more rows an output depends through the map of output values."""
    if network.output_map is None or network.output_layer is None:
        return 0
    return int(network.output_map.border / found.scales[network.output_layer]) + 1


def joined(parts: list[Iterator[Recording]]) -> Iterator[Recording]:
    """Yield for each T the recording of the whole image, from those of its bands, top down."""
    for recordings in zip(*parts, strict=True):
        yield _join(list(recordings))


def _join(parts: list[Recording]) -> Recording:
    first = parts[0]
    decoded = [part.decoded for part in parts if part.decoded is not None]
    return replace(
        first,
        output=torch.cat([part.output for part in parts], dim=-2),
        decoded=torch.cat(decoded, dim=-2) if decoded else None,
        layers=[_add(layers) for layers in zip(*(part.layers for part in parts), strict=True)],
        neurons=sum(part.neurons for part in parts),
        spikes=sum(part.spikes for part in parts),
        state_ops=sum(part.state_ops for part in parts),
        seconds=sum(part.seconds for part in parts),
        spike_kind=max(part.spike_kind for part in parts),
    )


def _add(layers: tuple[LayerCount, ...]) -> LayerCount:
    counted = ["neurons", "events", "spikes", "synops"]
    counted += ["macs_cached", "macs_streaming", "macs_analogue"]
    sums = {name: sum(getattr(layer, name) for layer in layers) for name in counted}
    kind = max(layer.input_kind for layer in layers)
    if kind is SpikeKind.ANALOGUE:  # then all of it is, though a band may have looked graded
        sums["synops"] = 0
        if any(layer.input_kind is not kind for layer in layers):
            sums["macs_cached"] = sums["macs_streaming"] = sums["macs_analogue"]
    return replace(layers[0], input_kind=kind, **sums)
