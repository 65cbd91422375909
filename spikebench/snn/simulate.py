"""Stream a converted network through time, one step after the other.

Memory does not grow with T. What does not change over time (the image, the first synapse) is
computed once; what is linear behind the last neurons runs once for each recorded T, on sums.
"""

import copy
import time
from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.bands import Band, bands, joined
from spikebench.snn.currents import Current, Synapses, channels_last
from spikebench.snn.faithful import is_faithful
from spikebench.snn.graph import Kind, Node
from spikebench.snn.memory import keep_freed_pages
from spikebench.snn.native.fire import fire
from spikebench.snn.network import Network
from spikebench.snn.neurons import State
from spikebench.snn.plan import Plan
from spikebench.snn.protocols import Step
from spikebench.snn.readouts import sum_into
from spikebench.snn.spikemap import SpikeMap, dense
from spikebench.snn.spikes import SpikeKind
from spikebench.snn.synapse import dense_macs
from spikebench.snn.tally import Recording, Tally

Value = Tensor | SpikeMap | Current


@torch.inference_mode()  # as a decorator it is off again while the caller looks at a recording
def simulate(network: Network, image: Tensor, timesteps: Iterable[int]) -> Iterator[Recording]:
    """Yield a recording for each T of `timesteps`, ascending, from one run to the largest.

    `image` (N, C, H, W) has the network's dtype; a large one is simulated in bands of rows. Raises
    `BenchError` where a site has no neuron or a T is not a positive whole number.
    """
    grid = list(timesteps)
    if not grid or not all(type(t) is int and t > 0 for t in grid):  # True is no number of steps
        raise BenchError(f"timesteps: {grid}; expected positive whole numbers, such as [1, 2, 4].")
    keep_freed_pages()
    run, times = network.protocol.run, sorted(set(grid))
    parts = bands(network, image)
    if parts:
        yield from joined([list(run(Simulation(network, image, band), times)) for band in parts])
    else:
        yield from run(Simulation(network, image), times)


class Simulation:
    """The state of one network on one batch of images, or on a band of it, between two steps."""

    def __init__(self, network: Network, image: Tensor, band: Band | None = None) -> None:
        network.check_complete()
        self.network = network
        self.readout = network.readout
        self.image = image if band is None else band.of(image)
        self.band = band
        self.tally = Tally(network.graph, band)
        self.states: dict[str, State] = {}
        self.sums: dict[str, Tensor] = {}
        self._constants: dict[tuple[bool, bool], dict[str, Tensor]] = {}
        self._thetas = {site: neuron.theta.clone() for site, neuron in network.neurons.items()}
        self._plan = Plan(network.graph)
        self._synapses = Synapses()
        self._shared: set[str] = set()  # sites whose state belongs to the original of a fork
        self._started = time.perf_counter()

    def step(self, step: Step) -> None:
        """Advance every neuron by one step and add what the tail reads to the running sums."""
        values: dict[str, Value] = dict(self.constants(image=step.image, bias=step.bias))
        weight = self.readout.weight(step) if step.read else 0.0
        for node in self._plan.body:
            values[node.name] = self._value(node, values, step)
            if node.name in self._plan.frontier:
                sum_into(self.sums, node.name, dense(values[node.name]), weight)
            for name in self._plan.dead_after[node.name]:
                del values[name]
        self.tally.passes += 1
        self.tally.image_passes += step.image

    def rehearsed(self, steps: Sequence[Step]) -> Iterator[Step]:
        """Run the first steps layer by layer, and yield each when its output is in the readout.

        Every neuron gets to see all its currents of these steps (`Neuron.rehearse`) before it
        answers any of them. A layer that uses this speaks len(steps) steps later than what it
        hears, which is added to the latency. Memory: the values on their way, once for each step.
        """
        constants = self.constants(image=True, bias=True)
        trains = {name: [value] * len(steps) for name, value in constants.items()}
        late, heard = dict.fromkeys(trains, 0), {}
        for node in self._plan.body:
            late[node.name] = max(late[name] for name in node.inputs)
            if node.kind is Kind.SITE:
                currents = [self._settled(coming) for coming in trains[node.inputs[0]]]
                trains[node.inputs[0]] = currents
                late[node.name] += self._rehearse(node, currents)
            trains[node.name] = [
                self._value(node, {name: trains[name][index] for name in node.inputs}, step)
                for index, step in enumerate(steps)
            ]
            if node.name in self._plan.frontier:
                heard[node.name] = trains[node.name]
            for name in self._plan.dead_after[node.name]:
                del trains[name]
        self.tally.passes += max(late.values())
        self.tally.image_passes += len(steps) * (max(late.values()) > 0)
        for index, step in enumerate(steps):
            for name, train in heard.items():
                sum_into(self.sums, name, dense(train[index]), self.readout.weight(step))
            self.tally.passes += 1
            self.tally.image_passes += 1
            yield step

    def _rehearse(self, node: Node, currents: list[Tensor]) -> int:
        """Let a site see its currents; return by how many steps that delays what it sends."""
        neuron = self.network.neurons[node.name]
        self.states[node.name] = neuron.start(currents[0])
        operations = neuron.rehearse(self.states[node.name], currents)
        self.tally.state_ops += operations * self._own(node.name, currents[0]).numel()
        return len(currents) if operations else 0

    def record(self, timesteps: int) -> Recording:
        """Return the output decoded after `timesteps` regular steps, with all counts so far."""
        total = self.readout.total(timesteps)
        values = dict(self.constants(image=True, bias=True))
        values |= {name: value / total for name, value in self.sums.items()}
        tally = self.tally.snapshot()
        self._map_pixels(values, timesteps, tally)
        for node in self._plan.tail:
            values[node.name] = self._linear(node, values, bias=True, tally=tally)
        neurons, spikes = tally.totals()
        return Recording(
            timesteps=timesteps,
            latency_steps=tally.passes,
            output=self._own(self.network.graph.output, values[self.network.graph.output]),
            decoded=self._decoded(values),
            layers=tally.layers(),
            neurons=neurons,
            spikes=spikes,
            state_ops=tally.state_ops,
            seconds=time.perf_counter() - self._started,
            spike_kind=tally.kind(),
        )

    def _decoded(self, values: dict[str, Tensor]) -> Tensor | None:
        layer = self.network.output_layer
        return None if layer not in values else self._own(layer, values[layer])

    def _own(self, node: str, value: Tensor) -> Tensor:
        """Return the part of a node's map that is counted and kept: all, or a band's own rows."""
        return value if self.band is None else self.band.own(node, value)

    def fork(self) -> "Simulation":
        """Return a copy that may run further phases while this one stays as it is.

        Memory: the membranes are shared until the copy's next step replaces them one by one.
        """
        other = copy.copy(self)
        other.states = dict(self.states)
        other.sums = {name: value.clone() for name, value in self.sums.items()}
        other.tally = self.tally.fork()
        other._shared = set(self.states)
        return other

    def constants(self, *, image: bool, bias: bool) -> dict[str, Tensor]:
        """Return the values of all nodes that no neuron drives, computed once for each drive."""
        key = (image, bias)
        if key not in self._constants:
            values: dict[str, Tensor] = {}
            for node in self._plan.head:
                value = self._source(node, values, image=image, bias=bias)
                values[node.name] = channels_last(value)
            self._constants[key] = values
        return self._constants[key]

    def _source(self, node: Node, values: dict[str, Tensor], *, image: bool, bias: bool) -> Tensor:
        if node.kind is Kind.INPUT:
            return self.image if image else torch.zeros_like(self.image)
        if node.kind is Kind.CONSTANT:
            return node.value if bias else torch.zeros_like(node.value)
        return self._linear(node, values, bias=bias, tally=self.tally)

    def _value(self, node: Node, values: dict[str, Value], step: Step) -> Value:
        if node.kind is Kind.SITE:
            return self._fire(node, values[node.inputs[0]], step)
        if node.name in self._plan.feeding:
            return Current(node, values[node.inputs[0]], step.bias)
        return self._linear(node, values, bias=step.bias, tally=self.tally)

    def _fire(self, node: Node, coming: Value, step: Step) -> Tensor | SpikeMap:
        neuron = self.network.neurons[node.name]
        if node.name not in self.states:
            coming = self._settled(coming)
            self.states[node.name] = neuron.start(coming)
        spikes, number = self._advance(node, coming, step)
        own = self._own(node.name, number).numel()
        events = self._count(node.name, number, spikes)
        self._synapses.density[node.name] = events / own
        self.tally.state_ops += neuron.state_ops * own
        return spikes

    def _advance(self, node: Node, coming: Value, step: Step) -> tuple[Tensor | SpikeMap, Tensor]:
        """Take a step of a site's neurons, by their kernel where one serves."""
        neuron, state = self.network.neurons[node.name], self._state(node.name)
        launch, number = neuron.launch(state, step), None
        if launch is not None and isinstance(coming, Current):
            number = self._synapses.feed(coming, launch)
        if number is not None:
            self._charge(coming, number, self.tally)
            return SpikeMap(number, neuron.theta), number
        current = self._settled(coming)
        if launch is not None:
            number = fire(launch, current)
        if number is not None:
            return SpikeMap(number, neuron.theta), number
        out = current if node.name in self._plan.overwrites_input else None
        return neuron.step(state, current, step, out=out)

    def _state(self, site: str) -> State:
        """Return a site's state, which is this simulation's own."""
        if site in self._shared:
            self.states[site] = {name: value.clone() for name, value in self.states[site].items()}
            self._shared.remove(site)
        return self.states[site]

    def _count(self, site: str, number: Tensor, values: Tensor | SpikeMap) -> int:
        """Count one step's spikes and return their events.

        Values that are not theta times their number are analogue.
        """
        neuron = self.network.neurons[site]
        if is_faithful(neuron, self._thetas[site], number, values):
            return self.tally.add(site, self._own(site, number), neuron.digits)
        events = self.tally.add(site, self._own(site, dense(values)) != 0)
        self.tally.sites[site].kind = SpikeKind.ANALOGUE
        return events

    def _linear(self, node: Node, values: dict[str, Value], *, bias: bool, tally: Tally) -> Tensor:
        if node.kind is Kind.WIRING:
            return self._wire(node, values, bias=bias, tally=tally)
        coming = Current(node, values[node.inputs[0]], bias)
        sums = node.name in self._plan.tail_names  # of many steps, and so no map of events
        result = self._synapses.by_dense_map(coming) if sums else self._synapses.tensor(coming)
        self._charge(coming, result, tally)
        return result

    def _wire(self, node: Node, values: dict[str, Value], *, bias: bool, tally: Tally) -> Tensor:
        result = node.call(*(dense(values[name]) for name in node.inputs), bias=bias)
        density = self._synapses.density
        if node.indicate:  # spikes, merely routed
            density[node.name] = max(density.get(name, 1.0) for name in node.inputs)
        tally.state_ops += self._own(node.name, result).numel() * node.adds
        return result

    def _settled(self, coming: Value) -> Tensor:
        """Return what is coming as a tensor, and charge the synapse that it took."""
        if not isinstance(coming, Current):
            return dense(coming)
        result = self._synapses.tensor(coming)
        self._charge(coming, result, self.tally)
        return result

    def _charge(self, coming: Current, result: Tensor, tally: Tally) -> None:
        """Count what a synapse does for a result (N, C, H, W), or for neurons of that shape."""
        node = coming.node
        value = coming.value.number if isinstance(coming.value, SpikeMap) else coming.value
        own = self._own(node.name, result)
        tally.dense[node.name] = dense_macs(node.module, self._own(node.inputs[0], value), own)
        tally.state_ops += own.numel() * (coming.bias and node.module.bias is not None)

    def _map_pixels(self, values: dict[str, Tensor], timesteps: int, tally: Tally) -> None:
        """Apply the pixel map to the spiking output layer's decoded values, if there is one."""
        pixel_map = self.network.pixel_map
        if pixel_map is None:
            return
        name = next(s.name for s in self.network.graph.sites if s.role == "output")
        tally.mapping_macs = pixel_map.macs(self._own(name, values[name]))
        values[name] = pixel_map(values[name], timesteps)
