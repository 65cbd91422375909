"""What needs no neuron: what the image and the biases give alone, and what is read at last."""

from collections.abc import Mapping

import torch
from torch import Tensor

from spikebench.snn.engine.counting.counters import Counters
from spikebench.snn.engine.currents import Current, Synapses, Value, channels_last
from spikebench.snn.engine.plan import Plan
from spikebench.snn.graph.nodes import Kind, Node
from spikebench.snn.model.spikes.spikemap import SpikeMap, dense


class Linear:
    """The linear nodes of one simulation, and the values of those that no neuron drives.

    `given` are the values of the input nodes: the image, and what earlier stages have settled.
    """

    def __init__(self, plan: Plan, synapses: Synapses, given: Mapping[str, Tensor]) -> None:
        self._plan, self._synapses, self._given = plan, synapses, given
        self._constants: dict[tuple[bool, bool], dict[str, Tensor]] = {}

    def constants(self, counters: Counters, *, image: bool, bias: bool) -> dict[str, Tensor]:
        """Return the values of all nodes that no neuron drives, computed once for each drive.

        `image` and `bias` say whether these are presented. The first time it is counted.
        """
        key = (image, bias)
        if key not in self._constants:
            values: dict[str, Tensor] = {}
            for node in self._plan.head:
                value = self._source(node, values, counters, image=image, bias=bias)
                values[node.name] = channels_last(value)
            self._constants[key] = values
        return self._constants[key]

    def settled(self, coming: Value, counters: Counters) -> Tensor:
        """Return what is coming as a tensor, and count the synapse that it took."""
        return self._synapses.settled(coming, counters)

    def wire(
        self, node: Node, values: Mapping[str, Value], counters: Counters, *, bias: bool
    ) -> Tensor:
        """Return the value of a wiring node, and count its additions."""
        result = node.compute(*(dense(as_sent(values[name])) for name in node.inputs), bias=bias)
        counters.state.update(counters.own(node.name, result).numel() * node.adds)
        return result

    def compute(
        self, node: Node, values: Mapping[str, Value], counters: Counters, *, bias: bool
    ) -> Tensor:
        """Return the value of a wiring node or synapse on what is constant, or a sum; count it."""
        if node.kind is Kind.WIRING:
            return self.wire(node, values, counters, bias=bias)
        coming = Current(node, as_sent(values[node.inputs[0]]), bias)
        result = self._synapses.by_dense_map(coming)  # there is no map of events
        counters.update(node, coming.value, result, bias=bias)
        return result

    def _source(
        self, node: Node, values: dict[str, Tensor], counters: Counters, *, image: bool, bias: bool
    ) -> Tensor:
        if node.kind is Kind.INPUT:
            value = self._given[node.name]
            return value if image else torch.zeros_like(value)
        if node.kind is Kind.CONSTANT:
            return node.constant if bias else torch.zeros_like(node.constant)
        if node.kind is Kind.ANALOGUE:
            return self._analogue(node, values, counters, image=image, bias=bias)
        return self.compute(node, values, counters, bias=bias)

    def _analogue(
        self, node: Node, values: dict[str, Tensor], counters: Counters, *, image: bool, bias: bool
    ) -> Tensor:
        """Return what an analogue node gives: presented, or not, as the image is."""
        if image and bias:
            inputs = [values[name] for name in node.inputs]
            result = node.compute(*inputs)
            counters.update_analogue(node, inputs, result)
            return result
        settled = self.constants(counters, image=True, bias=True)[node.name]
        return settled if image else torch.zeros_like(settled)


def as_sent(value: Value) -> Tensor | SpikeMap:
    """Return what was sent as it is; a current that is still to come goes to neurons alone."""
    assert not isinstance(value, Current)
    return value
