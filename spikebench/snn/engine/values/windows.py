"""The value engine: a network whose layers wait, by one value and one count for each neuron.

A layer that waits decides on its complete input. So what it sends is known without its steps: the
number of levels, from which follow the value that the next layer integrates and the events that the
code takes for it. State operations are those of every step, with or without an event. Observed, it
also takes every step of every layer, for whoever listens.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.engine.apart import by_image
from spikebench.snn.engine.counting.counters import Counters
from spikebench.snn.engine.currents import Synapses
from spikebench.snn.engine.linear import Linear
from spikebench.snn.engine.observe import Firing, Observe
from spikebench.snn.engine.plan import Plan
from spikebench.snn.engine.tiling import Band
from spikebench.snn.engine.values.emission import Emission
from spikebench.snn.engine.values.schedule import Schedule
from spikebench.snn.graph.nodes import Graph, Kind, Node
from spikebench.snn.model.codes.coded import Coded
from spikebench.snn.model.network import Network
from spikebench.snn.model.recording import Recording
from spikebench.snn.model.step import Step


def run(
    network: Network,
    image: Tensor,
    timesteps: Sequence[int],
    band: Band | None = None,
    observe: Observe | None = None,
    given: Mapping[str, Tensor] | None = None,
    *,
    apart: bool = False,
) -> Iterator[Recording]:
    """Yield a recording for each T, all the same but for their T: the levels are the neurons'.

    With `apart` each image of the batch has a recording of its own, too.
    Raises `BenchError` where a neuron has no code, or sends what its code does not say.
    """
    found = _Windows(network, image, band, observe, given, apart).run()
    for steps in timesteps:
        images = tuple(replace(image, timesteps=steps) for image in found.images)
        yield replace(found, timesteps=steps, images=images)


class _Windows:
    """One image, or a band of it, on its way through the network."""

    def __init__(
        self,
        network: Network,
        image: Tensor,
        band: Band | None,
        observe: Observe | None,
        given: Mapping[str, Tensor] | None,
        apart: bool,
    ) -> None:
        network.check_complete()
        self._started = time.perf_counter()
        self._network, self._graph = network, network.graph
        self._neurons = coded_neurons(network)
        self._counters, self._observe = Counters(network.graph, band, apart=apart), observe
        self._emission = Emission(self._counters)
        self._schedule = Schedule(network.graph, self._neurons)
        image = image if band is None else band.of(image)
        self._linear = Linear(
            Plan(network.graph), Synapses(), given or {network.graph.input: image}
        )

    def run(self) -> Recording:
        """Take all windows, and return the recording at T = 0."""
        values = dict(self._linear.constants(self._counters, image=True, bias=True))
        kept = {self._graph.output, self._network.output_layer, *self._graph.wanted}
        users = _last_users(self._graph)
        for node in [node for node in self._graph if node.name not in values]:
            values[node.name] = self._value(node, values)
            for name in users.get(node.name, set()) - kept:
                values.pop(name, None)
        self._counters.passes.wait(self._schedule.latency, 1)
        return self._recording(values)

    def _value(self, node: Node, values: dict[str, Tensor]) -> Tensor:
        if node.kind is Kind.SITE:
            return self._send(node, values[node.inputs[0]])
        result = self._linear.compute(node, values, self._counters, bias=True)
        sites, steps = self._schedule.listening(node)
        if sites:
            each = max(self._neurons[site].cost.listen for site in sites)
            own = self._counters.own(node.name, result).numel()
            self._counters.state.update(own * steps * each)
        return result

    def _send(self, node: Node, whole: Tensor) -> Tensor:
        neuron = self._neurons[node.name]
        if self._observe:
            self._tell(node.name, neuron, whole, self._observe)
        return self._emission.send(node.name, neuron, whole)

    def _tell(self, site: str, neuron: Coded, whole: Tensor, observe: Observe) -> None:
        """Take the steps of a window, and let the observer hear them."""
        state = neuron.start(whole)
        for step in map(Step, range(1, neuron.window + 1)):
            before = state["v"].clone()
            sent, number = neuron.step(state, whole, step)
            observe(Firing(site, neuron, step, whole.clone(), before, number, sent, state))

    def _recording(self, values: dict[str, Tensor]) -> Recording:
        counters, graph, layer = self._counters, self._graph, self._network.output_layer
        neurons, spikes = counters.totals()
        decoded = values.get(layer) if layer else None
        whole = Recording(
            timesteps=0,
            latency_steps=self._schedule.latency,
            output=counters.own(graph.output, values[graph.output]),
            decoded=decoded if decoded is None or layer is None else counters.own(layer, decoded),
            layers=counters.compute(),
            neurons=neurons,
            spikes=spikes,
            state_ops=counters.state.compute(),
            seconds=time.perf_counter() - self._started,
            spike_kind=counters.kind(),
            settled={name: values[name] for name in graph.wanted},
        )
        images = by_image(whole, counters) if counters.apart else ()
        return replace(self._with_passes(whole), images=tuple(map(self._with_passes, images)))

    def _with_passes(self, recording: Recording) -> Recording:
        layers = [
            count
            if count.is_node
            else replace(count, passes=self._schedule.updates(self._graph[count.layer]))
            for count in recording.layers
        ]
        return replace(recording, layers=layers)


def coded_neurons(network: Network) -> dict[str, Coded]:
    """Return the neurons by site. Raises `BenchError` for one that is not `Coded`, or a map."""
    found = {site: n for site, n in network.neurons.items() if isinstance(n, Coded)}
    others = sorted(network.neurons.keys() - found.keys())
    if others:
        kind = type(network.neurons[others[0]]).__name__
        raise BenchError(
            f"Site '{others[0]}' has a {kind}, which does not wait for its whole input. Where the "
            "protocol is `Waiting`, place a `Coded` neuron at every site, relays included."
        )
    if network.output_map is not None:
        raise BenchError("A network whose layers wait has no spiking output: leave out the map.")
    return found


def _last_users(graph: Graph) -> dict[str, set[str]]:
    """Return, for each node, the values that nothing reads any more after it."""
    last = {name: node.name for node in graph for name in node.inputs}
    found: dict[str, set[str]] = {}
    for name, user in last.items():
        found.setdefault(user, set()).add(name)
    return found
