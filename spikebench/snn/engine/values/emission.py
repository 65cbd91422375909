"""What a site sends when its input is complete: the values passed on, and the events counted."""

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.engine.counting.counters import Counters
from spikebench.snn.model.codes.codebook import Codebook
from spikebench.snn.model.codes.coded import Coded
from spikebench.snn.model.spikes.audit import count
from spikebench.spike_kinds import SpikeKind


class Emission:
    """Sends by closed form. Each code is audited once, when a site first uses it."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._codebooks: dict[str, Codebook] = {}

    def send(self, site: str, neuron: Coded, whole: Tensor) -> Tensor:
        """Return the values (N, C, H, W) that a site passes on, and count its events and work.

        They are theta/levels times whole numbers, made here of nothing else. Raises `BenchError`
        as `Codebook.of` does, and for a number that has no code.
        """
        codebook = self._codebook(neuron)
        k = neuron.quantise(whole).trunc_()
        least, most = _bounds(k)
        if max(-least, most) > neuron.levels:
            raise BenchError(
                f"Site '{site}': a {type(neuron).__name__} of {neuron.levels} levels would send "
                f"{max(-least, most)} of them. Let `quantise` end at `levels`."
            )
        self._count(site, neuron, codebook, self._counters.own(site, k))
        return k.mul_(neuron.theta / neuron.levels)

    def _codebook(self, neuron: Coded) -> Codebook:
        code = repr(sorted(neuron.to_record()[0].items()))  # without its threshold
        if code not in self._codebooks:
            self._codebooks[code] = Codebook.of(neuron)
        return self._codebooks[code]

    def _count(self, site: str, neuron: Coded, codebook: Codebook, k: Tensor) -> None:
        counters, cost = self._counters, neuron.cost
        least, most = _bounds(k)
        number = k.to(torch.int32)
        running = counters.spikes.running(site, k)
        _add(neuron.count(number.abs_() if least < 0 else number), running)
        if counters.apart:
            images = zip(k, running, strict=True)
            found = [(int(sent.sum()), _kind(codebook, *_bounds(of[None]))) for of, sent in images]
            counters.spikes.note_apart(site, found)
        else:
            counters.spikes.note(site, _kind(codebook, least, most), int(running.sum()))
        counters.state.update(k.numel() * (neuron.window * cost.send + cost.once))


def _kind(codebook: Codebook, least: int, most: int) -> SpikeKind:
    return codebook.kind(least, most) if most or least else SpikeKind.BINARY


def _bounds(k: Tensor) -> tuple[int, int]:
    """Return the least and the largest of some numbers (N, C, H, W)."""
    by_position = k.movedim(1, -1)  # as a channels-last map lies in memory
    least, most = torch.aminmax(by_position)
    return int(least), int(most)


def _add(events: Tensor, counts: Tensor) -> None:
    """Add numbers of events to the counts of each neuron, or to those of each position."""
    if events.element_size() == 1 and events.is_cpu:  # digits, or one spike: counted as bursts are
        count(events.view(torch.int8), counts)
        return
    summed = counts.shape != events.shape
    counts.add_(events.sum(dim=1, keepdim=True, dtype=torch.int32) if summed else events)
