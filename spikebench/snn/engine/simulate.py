"""Stream a converted network through time, a few steps at once.

Layer after layer takes these steps, so that its membranes are read from memory once for all of
them. That changes no value: a layer hears nothing from those behind it. Memory does not grow with
T. What does not change over time (the image, the first synapse) is computed once; what is linear
behind the last neurons runs once for each recorded T, on sums.
"""

import copy
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.engine.counters import Recording, Tally
from spikebench.snn.engine.currents import Current, Synapses, Value, channels_last
from spikebench.snn.engine.plan import Plan
from spikebench.snn.engine.sites import Sites
from spikebench.snn.engine.tiling import Band, bands, joined
from spikebench.snn.graph.nodes import Kind, Node
from spikebench.snn.kernels.memory import keep_freed_pages
from spikebench.snn.model.network import Network
from spikebench.snn.model.protocols import Step
from spikebench.snn.model.readouts import sum_into
from spikebench.snn.model.spikemap import dense

TOGETHER = 4  # steps: more gain little, and each keeps its spikes in memory


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
        self.tally = Tally(network.graph, band)
        self.sums: dict[str, Tensor] = {}
        self._constants: dict[tuple[bool, bool], dict[str, Tensor]] = {}
        self._plan = Plan(network.graph)
        self._together = TOGETHER if _all_by_kernel(network) else 1
        self._synapses = Synapses()
        self.sites = Sites(network, self._synapses, self.tally, self._plan.overwrites_input)
        self._density: dict[str, list[float]] = {}  # share of non-zeros, of each step in work
        self._started = time.perf_counter()

    def step(self, step: Step) -> None:
        """Advance every neuron by one step and add what the tail reads to the running sums."""
        self.advance([step])

    def advance(self, steps: Sequence[Step]) -> None:
        """Do the same for several steps; those in a row that differ in time only go together."""
        for _, group in groupby(steps, attrgetter("image", "bias", "read", "phase")):
            alike = list(group)
            for first in range(0, len(alike), self._together):
                self._pass(alike[first : first + self._together])

    def _pass(self, steps: Sequence[Step]) -> None:
        trains = self._drives(steps)
        for node in self._plan.body:
            trains[node.name] = self._values(node, trains, steps)
            if node.name in self._plan.frontier:
                self._read(node.name, trains[node.name], steps)
            for name in self._plan.dead_after[node.name]:
                del trains[name]
        self.tally.passes += len(steps)
        self.tally.image_passes += sum(step.image for step in steps)

    def _drives(self, steps: Sequence[Step]) -> dict[str, list[Value]]:
        """Return what no neuron drives, once for each step."""
        constants = self.constants(image=steps[0].image, bias=steps[0].bias)
        return {name: [value] * len(steps) for name, value in constants.items()}

    def _read(self, name: str, train: list[Value], steps: Sequence[Step]) -> None:
        """Add what a node sends to its running sum."""
        weights = [self.readout.weight(step) if step.read else 0.0 for step in steps]
        sum_into(self.sums, name, train, weights)

    def rehearsed(self, steps: Sequence[Step]) -> Iterator[Step]:
        """Run the first steps layer by layer, and yield each when its output is in the readout.

        Every neuron gets to see all its currents of these steps (`Neuron.rehearse`) before it
        answers any of them. A layer that uses this speaks len(steps) steps later than what it
        hears, which is added to the latency. Memory: the values on their way, once for each step.
        """
        trains = self._drives(steps)
        late, heard = dict.fromkeys(trains, 0), {}
        for node in self._plan.body:
            late[node.name] = max(late[name] for name in node.inputs)
            if node.kind is Kind.SITE:
                currents = [self._settled(coming) for coming in trains[node.inputs[0]]]
                trains[node.inputs[0]] = currents
                late[node.name] += self.sites.rehearse(node, currents)
            trains[node.name] = self._values(node, trains, steps)
            if node.name in self._plan.frontier:
                heard[node.name] = trains[node.name]
            for name in self._plan.dead_after[node.name]:
                del trains[name]
        self.tally.passes += max(late.values())
        self.tally.image_passes += len(steps) * (max(late.values()) > 0)
        for index, step in enumerate(steps):
            for name, train in heard.items():
                self._read(name, [train[index]], [step])
            self.tally.passes += 1
            self.tally.image_passes += 1
            yield step

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
            output=self.tally.own(self.network.graph.output, values[self.network.graph.output]),
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
        return None if layer not in values else self.tally.own(layer, values[layer])

    def fork(self) -> "Simulation":
        """Return a copy that may run further phases while this one stays as it is.

        Memory: the membranes are shared until the copy's next step replaces them one by one.
        """
        other = copy.copy(self)
        other.sums = {name: value.clone() for name, value in self.sums.items()}
        other.tally = self.tally.fork()
        other.sites = self.sites.fork(other.tally)
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

    def _values(
        self, node: Node, trains: dict[str, list[Value]], steps: Sequence[Step]
    ) -> list[Value]:
        """Return what a node sends at each step."""
        if node.kind is Kind.SITE:
            sent, self._density[node.name] = self.sites.fire(node, trains[node.inputs[0]], steps)
            return sent
        shares = [self._density.get(name, [1.0] * len(steps)) for name in node.inputs]
        if node.indicate:  # spikes, merely routed
            self._density[node.name] = [max(of_step) for of_step in zip(*shares, strict=True)]
        values: list[Value] = []
        for index, step in enumerate(steps):
            arriving = {name: trains[name][index] for name in node.inputs}
            if node.kind is Kind.WIRING:
                values.append(self._wire(node, arriving, bias=step.bias, tally=self.tally))
                continue
            coming = Current(node, arriving[node.inputs[0]], step.bias, shares[0][index])
            values.append(coming if node.name in self._plan.feeding else self._settled(coming))
        return values

    def _settled(self, coming: Value) -> Tensor:
        return self._synapses.settled(coming, self.tally)

    def _linear(self, node: Node, values: dict[str, Value], *, bias: bool, tally: Tally) -> Tensor:
        if node.kind is Kind.WIRING:
            return self._wire(node, values, bias=bias, tally=tally)
        coming = Current(node, values[node.inputs[0]], bias)
        result = self._synapses.by_dense_map(coming)  # no map of events: constant, or a sum
        tally.charge(node, coming.value, result, bias=bias)
        return result

    def _wire(self, node: Node, values: dict[str, Value], *, bias: bool, tally: Tally) -> Tensor:
        result = node.call(*(dense(values[name]) for name in node.inputs), bias=bias)
        tally.state_ops += self.tally.own(node.name, result).numel() * node.adds
        return result

    def _map_pixels(self, values: dict[str, Tensor], timesteps: int, tally: Tally) -> None:
        """Apply the pixel map to the spiking output layer's decoded values, if there is one."""
        pixel_map = self.network.pixel_map
        if pixel_map is None:
            return
        name = next(s.name for s in self.network.graph.sites if s.role == "output")
        tally.mapping_macs = pixel_map.macs(self.tally.own(name, values[name]))
        values[name] = pixel_map(values[name], timesteps)


def _all_by_kernel(network: Network) -> bool:
    """Tell whether kernels serve all sites but the output: other neurons send maps of floats."""
    sites = (site.name for site in network.graph.sites if site.role != "output")
    return all(network.neurons[site].has_kernel for site in sites)
