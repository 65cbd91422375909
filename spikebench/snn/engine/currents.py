"""Currents of synapses: from dense maps, or from events where they are few.

`DENSEST` is measured: dense convolutions are the faster ones where more inputs than that are not
zero. Whichever is taken, nothing but the rounding of float32 depends on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from spikebench.snn.engine.counting.counters import Counters
from spikebench.snn.graph.nodes import Node
from spikebench.snn.graph.synapse import current
from spikebench.snn.kernels.census import Census, Found
from spikebench.snn.kernels.convolve import DENSEST, EventConv, event_conv
from spikebench.snn.kernels.launch import Launch
from spikebench.snn.model.spikes.spikemap import SpikeMap, dense, numbers


@dataclass(frozen=True)
class Current:
    """What a synapse will send for these values; computed where neurons receive it.

    `density`: the share of values that are not zero; 1 where it is not known.
    """

    node: Node
    value: Tensor | SpikeMap
    bias: bool
    density: float = 1.0

    @property
    def is_zero(self) -> bool:
        """Tell whether it is known that neither a spike nor a bias makes a current."""
        return not (self.bias or self.density)


Value = Tensor | SpikeMap | Current


class Synapses:
    """The synapses of one simulation, and the event-driven forms of those that had few events."""

    def __init__(self) -> None:
        self._events: dict[str, EventConv | None] = {}

    def settled(self, coming: Value, counters: Counters) -> Tensor:
        """Return what is coming as a tensor, and charge the synapse that it took."""
        if not isinstance(coming, Current):
            return dense(coming)
        result = self.tensor(coming)
        counters.update(coming.node, coming.value, result, bias=coming.bias)
        return result

    def all_settled(self, coming: Sequence[Value], counters: Counters) -> list[Tensor]:
        """Return what comes at several steps, and charge what it took.

        On a device a synapse takes all of its steps in one pass, as a batch: `coming` is then of
        one synapse, but for what is settled.
        """
        waiting = [one for one in coming if isinstance(one, Current)]
        if len(waiting) < 2 or numbers(waiting[0].value).is_cpu:
            return [self.settled(one, counters) for one in coming]
        folded = _folded([one.value for one in waiting])
        together = current(waiting[0].node.synapse, folded, bias=waiting[0].bias)
        results = iter(together.chunk(len(waiting)))
        settled = []
        for one in coming:
            settled.append(next(results) if isinstance(one, Current) else dense(one))
            if isinstance(one, Current):
                counters.update(one.node, one.value, settled[-1], bias=one.bias)
        return settled

    def tensor(self, coming: Current) -> Tensor:
        """Return currents (N, C, H, W), of a linear synapse (N, C), channels-last."""
        convolve = self._by_events(coming)
        if convolve is None:
            return self.by_dense_map(coming)
        return convolve(*_numbers(coming.value), bias=coming.bias)

    def by_dense_map(self, coming: Current) -> Tensor:
        """Return the same from a dense map, whatever its density."""
        return current(coming.node.synapse, channels_last(dense(coming.value)), bias=coming.bias)

    def feed(
        self, coming: Sequence[Current], launches: Sequence[Launch], census: Census | None = None
    ) -> tuple[list[Tensor], list[Found]] | None:
        """Let neurons take their currents from events, in steps that their kernel takes.

        Return their numbers of spikes (N, C, H, W) at each step, and what the census found in them;
        None where this cannot be at every step, and nothing is done.
        """
        ways = [self._by_events(each) for each in coming]
        way = ways[0]
        if way is None or None in ways or not (way.feeds and launches[0].fits):
            return None
        numbers, worths = zip(*(_numbers(each.value) for each in coming), strict=True)
        if any(worth is not worths[0] for worth in worths):
            return None
        return way.feed(launches, numbers, worths[0], bias=coming[0].bias, census=census)

    def _by_events(self, coming: Current) -> EventConv | None:
        """Return the event-driven form of a synapse, None where the dense one serves better."""
        node = coming.node
        if coming.density > DENSEST:
            return None
        if node.name not in self._events:
            self._events[node.name] = event_conv(node.synapse, _numbers(coming.value)[0])
        return self._events[node.name]


def _numbers(value: Tensor | SpikeMap) -> tuple[Tensor, Tensor | float]:
    """Return numbers (N, C, H, W) and what one of them is worth, by channel."""
    if isinstance(value, SpikeMap):
        return value.number, value.theta
    return channels_last(value), 1.0


def _folded(values: Sequence[Tensor | SpikeMap]) -> Tensor:
    """Return the values of several steps as one batch, channels-last.

    Numbers take a quarter of the memory, so they are put together before they become values.
    """
    first = values[0]
    if isinstance(first, SpikeMap):
        maps = [one for one in values if isinstance(one, SpikeMap) and one.theta is first.theta]
        if len(maps) == len(values) and not any(one.written for one in maps):
            return SpikeMap(torch.cat([channels_last(m.number) for m in maps]), first.theta).values
    return torch.cat([channels_last(dense(one)) for one in values])


def channels_last(value: Tensor) -> Tensor:
    """Bring a map to the layout in which synapses and kernels are fast. Others stay as they are.

    A map of one channel has both layouts; what a convolution makes of it has only one.
    """
    return value.contiguous(memory_format=torch.channels_last) if value.dim() == 4 else value
