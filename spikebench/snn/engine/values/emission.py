"""What a site sends when its input is complete: the values passed on, and the events counted."""

import torch
from torch import Tensor

from spikebench.snn.engine.counters import Counters
from spikebench.snn.model.codes.codebook import Codebook
from spikebench.snn.model.codes.coded import Coded
from spikebench.spike_kinds import SpikeKind


class Emission:
    """Sends by closed form. Each code is audited once, when a site first uses it."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._codebooks: dict[str, Codebook] = {}

    def send(self, site: str, neuron: Coded, whole: Tensor) -> Tensor:
        """Return the values (N, C, H, W) that a site passes on, and count its events and work.

        They are theta/levels times whole numbers, made here of nothing else. Raises `BenchError`
        as `Codebook.of` does.
        """
        codebook = self._codebook(neuron)
        k = neuron.quantise(whole).clamp_(-neuron.levels, neuron.levels).trunc_()
        self._count(site, neuron, codebook, self._counters.own(site, k))
        return k.mul_(neuron.theta / neuron.levels)

    def _codebook(self, neuron: Coded) -> Codebook:
        code = repr(sorted(neuron.to_record()[0].items()))  # without its threshold
        if code not in self._codebooks:
            self._codebooks[code] = Codebook.of(neuron)
        return self._codebooks[code]

    def _count(self, site: str, neuron: Coded, codebook: Codebook, k: Tensor) -> None:
        counters, cost = self._counters, neuron.cost
        least, most = (int(bound) for bound in torch.aminmax(k))
        events = neuron.count(k.to(torch.int32).abs_() if least < 0 else k.to(torch.int32))
        running = counters.spikes.running(site, k)
        summed = running.shape != events.shape
        running.add_(events.sum(dim=1, keepdim=True) if summed else events)
        kind = codebook.kind(least, most) if most or least else SpikeKind.BINARY
        counters.spikes.note(site, kind, int(running.sum()))
        counters.state.update(k.numel() * (neuron.window * cost.send + cost.once))
