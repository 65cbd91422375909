"""Exact counts of the spikes that each site sends."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.graph.nodes import Graph
from spikebench.snn.model.spikes.audit import MOST_SPIKES_A_STEP, Digits, count
from spikebench.snn.model.spikes.tally import tally
from spikebench.spike_kinds import SpikeKind

OfImage = tuple[int, SpikeKind]  # events, kind


@dataclass
class SiteCount:
    """Running counts of one site's spikes, which come in maps of `shape` (N, C, H, W).

    `spikes` are the multiplicities of each neuron, int16; or their sums over the channels, int32
    (N, 1, H, W), where all channels of a position reach the same. `events` are non-zero outputs.
    `unread` holds what else was found where the maps lie, events and kind of each image, int64
    (N, 2); `of_images` is the same once it was read, None where images are counted together.
    """

    spikes: Tensor
    shape: torch.Size
    events: int = 0
    kind: SpikeKind = SpikeKind.NONE
    steps: int = 0
    unread: Tensor | None = None
    of_images: tuple[OfImage, ...] | None = None

    @property
    def total(self) -> int:
        """The number of spikes, with multiplicity."""
        return int(self.spikes.sum())

    @property
    def neurons(self) -> int:
        """The number of neurons, of all images of the batch."""
        return self.shape.numel()


class SpikeCounter:
    """Spikes by site. Where neurons are counted one by one, each may send up to 32,767."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._sites: dict[str, SiteCount] = {}

    def update(self, site: str, number: Tensor, digits: Digits = "binary") -> int:
        """Add the spike numbers of one step, shape (N, C, H, W), sent in such digits.

        Return the number of events, which are the neurons that sent something. Raises `BenchError`
        where a count outgrows its type.
        """
        kind, events = count(number, self._site(site, number).spikes, digits)
        return self.note(site, kind, events)

    def tally(self, site: str, numbers: Sequence[Tensor], digits: Digits, **told: Any) -> None:
        """Add the spike numbers of some steps where they lie, and do not wait for it.

        Each is (N, C, H, W); other arguments as in `update`, and those by name of `spikes.tally`.
        `compute` comes to know what was found.
        """
        found, steps = self._site(site, numbers[0]), len(numbers)
        found.steps += steps
        together = torch.cat(list(numbers)) if steps > 1 else numbers[0]
        new = tally(together, found.spikes, digits, steps=steps, **told)
        if found.unread is not None:
            events, kind = (new + found.unread)[:, 0], new.maximum(found.unread)[:, 1]
            new = torch.stack([events, kind], dim=1)
        found.unread = new

    def compute(self) -> dict[str, SiteCount]:
        """Return the counts by site, which go on with the simulation.

        What was found on a device comes to the host, of all sites at once. Raises `BenchError`
        where a count outgrew its type there.
        """
        unread = [(site, one.unread) for site, one in self._sites.items() if one.unread is not None]
        if unread:
            read = torch.stack([values for _, values in unread]).cpu().tolist()
            for (site, _), images in zip(unread, read, strict=True):
                self._sites[site].unread = None
                self._add(site, [(events, SpikeKind(kind)) for events, kind in images])
        return self._sites

    def of_image(self, place: int) -> "SpikeCounter":
        """Return the counts of one image of the batch, where they were kept for each image."""
        other = SpikeCounter(self._graph)
        for site, found in self.compute().items():
            events, kind = (found.of_images or ())[place]
            spikes, shape = found.spikes[place : place + 1], torch.Size((1, *found.shape[1:]))
            other._sites[site] = SiteCount(spikes, shape, events, kind, found.steps)
        return other

    def running(self, site: str, like: Tensor) -> Tensor:
        """Return the counts of a site whose maps are shaped and laid out as `like`, (N, C, H, W).

        Who adds a step's spikes to them, such as a kernel, calls `note` for it.
        """
        return self._site(site, like).spikes

    def note(self, site: str, kind: SpikeKind, events: int) -> int:
        """Note one step whose spikes are in the site's counts, and return its events."""
        self._sites[site].steps += 1
        self._add(site, [(events, kind)])
        return events

    def note_apart(self, site: str, of_images: Sequence[OfImage]) -> None:
        """Note the same of each image."""
        self._sites[site].steps += 1
        self._add(site, of_images)

    def _add(self, site: str, of_images: Sequence[OfImage]) -> None:
        found = self._sites[site]
        found.events += sum(events for events, _ in of_images)
        found.kind = max(found.kind, *(kind for _, kind in of_images))
        before = found.of_images or ((0, SpikeKind.NONE),) * len(of_images)
        found.of_images = tuple(
            (one[0] + other[0], max(one[1], other[1]))
            for one, other in zip(before, of_images, strict=True)
        )
        short = found.spikes.dtype == torch.int16
        may_overflow = short and found.steps * MOST_SPIKES_A_STEP > torch.iinfo(torch.int16).max
        if may_overflow and int(found.spikes.min()) < 0:
            raise BenchError(
                f"Site '{site}': one neuron sent more than 32767 spikes; the counts are int16. "
                "Use fewer timesteps."
            )

    def weighted(self, site: str) -> None:
        """Note that the step says what the spikes of a site are worth: binary ones are timed."""
        self._sites[site].kind = max(self._sites[site].kind, SpikeKind.TIMED)

    def fork(self) -> "SpikeCounter":
        """Return an independent copy."""
        other = SpikeCounter(self._graph)
        other._sites = {
            name: replace(found, spikes=found.spikes.clone()) for name, found in self._sites.items()
        }
        return other

    def _site(self, site: str, like: Tensor) -> SiteCount:
        if site not in self._sites:
            self._sites[site] = SiteCount(self._no_spikes(site, like), like.shape)
        return self._sites[site]

    def _no_spikes(self, site: str, number: Tensor) -> Tensor:
        if number.dim() == 4 and site in self._graph.read_directly:
            return number.new_zeros((len(number), 1, *number.shape[2:]), dtype=torch.int32)
        return torch.zeros_like(number, dtype=torch.int16)
