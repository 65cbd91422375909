"""Stream a converted network through time, a few steps at once.

Layer after layer takes these steps, so that its membranes are read from memory once for all of
them. That changes no value: a layer hears nothing from those behind it. Memory does not grow with
T. What does not change over time (the image, the first synapse) is computed once; what is linear
behind the last neurons runs once for each recorded T, on sums.
"""

import copy
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from torch import Tensor

from spikebench.snn.engine.apart import by_image
from spikebench.snn.engine.counting.counters import Counters
from spikebench.snn.engine.currents import Current, Synapses, Value
from spikebench.snn.engine.linear import Linear, as_sent
from spikebench.snn.engine.observe import Observe
from spikebench.snn.engine.plan import Plan
from spikebench.snn.engine.sites import Sites
from spikebench.snn.engine.tiling import Band
from spikebench.snn.graph.nodes import Kind, Node
from spikebench.snn.model.kernel_rules import has_kernel
from spikebench.snn.model.network import Network
from spikebench.snn.model.protocols import Listen
from spikebench.snn.model.readouts import sum_into
from spikebench.snn.model.recording import LayerCount, Recording
from spikebench.snn.model.spikes.spikemap import dense
from spikebench.snn.model.step import Step
from spikebench.spike_kinds import SpikeKind

TOGETHER = 4  # steps: more gain little, and each keeps its spikes in memory
FOLDED = 1 << 30  # bytes of one layer's maps, of all steps that a device takes at once


class Simulation:
    """The state of one network on one batch of images, or on a band of it, between two steps.

    `given` are the values of all input nodes, where there are others than the image. `budget`
    bounds, on a device, the bytes of a layer's maps of all the steps that it takes together.
    `apart`: each image of the batch has a recording of its own, too.
    """

    def __init__(
        self,
        network: Network,
        image: Tensor,
        band: Band | None = None,
        observe: Observe | None = None,
        given: Mapping[str, Tensor] | None = None,
        budget: int | None = None,
        *,
        apart: bool = False,
    ) -> None:
        network.check_complete()
        self.network = network
        self.readout = network.readout
        image = image if band is None else band.of(image)
        self.counters = Counters(network.graph, band, network.bits, apart=apart)
        self.sums: dict[str, Tensor] = {}
        self._plan = Plan(network.graph)
        self._together = 1 if observe else _together(network, image, budget or FOLDED)
        synapses, overwriting = Synapses(), self._plan.overwrites_input
        self._linear = Linear(self._plan, synapses, given or {network.graph.input: image})
        self.sites = Sites(network, synapses, self.counters, overwriting, observe)
        self._density: dict[str, list[float]] = {}  # share of non-zeros, of each step in work
        self._started = time.perf_counter()

    def step(self, step: Step) -> None:
        """Advance every neuron by one step and add what the tail reads to the running sums."""
        self.advance([step])

    def advance(self, steps: Sequence[Step]) -> None:
        """Do the same for several steps; those in a row that differ in time only go together."""
        for _, group in groupby(steps, self._kinds):
            alike = list(group)
            for first in range(0, len(alike), self._together):
                self._pass(alike[first : first + self._together])

    @property
    def layers(self) -> int:
        """The layers of neurons, on the longest path from the image to the output."""
        return self._plan.layers

    def _kinds(self, step: Step) -> list[tuple[bool, bool, bool, str]]:
        """Return what a step is to each layer of neurons, but for its time."""
        local = (step.at(layers) for layers in range(self.layers + 1))
        return [(each.image, each.bias, each.read, each.phase) for each in local]

    def _pass(self, steps: Sequence[Step]) -> None:
        values_of = self._drives(steps)
        for node in self._plan.body:
            values_of[node.name] = self._values(node, values_of, steps)
            if node.name in self._plan.frontier:
                self._read(node.name, values_of[node.name], steps)
            for name in self._plan.dead_after[node.name]:
                del values_of[name]
        self.counters.passes.update([step.at(0) for step in steps])

    def _drives(self, steps: Sequence[Step]) -> dict[str, list[Value]]:
        """Return what no neuron drives, once for each step."""
        first = steps[0].at(0)
        constants = self.constants(image=first.image, bias=first.bias)
        return {name: [value] * len(steps) for name, value in constants.items()}

    def _read(self, name: str, sent: Sequence[Value], steps: Sequence[Step]) -> None:
        """Add what a node sends to its running sum."""
        local = self._local(name, steps)
        weights = [self.readout.weight(step) if step.read else 0.0 for step in local]
        settled = [one for one in sent if not isinstance(one, Current)]
        sum_into(self.sums, name, settled, weights)

    def layer_by_layer(self, steps: Sequence[Step], listen: Listen) -> Iterator[Step]:
        """Take the first steps layer by layer, and yield each when its output is in the readout.

        Every site gets to hear all its currents of these steps (`listen`) before it answers any of
        them. A layer that makes use of it speaks len(steps) steps later than what it hears, which
        is added to the latency. Memory: the values on their way, once for each step.
        """
        values_of = self._drives(steps)
        late, heard = dict.fromkeys(values_of, 0), {}
        for node in self._plan.body:
            late[node.name] = max(late[name] for name in node.inputs)
            if node.kind is Kind.SITE:
                currents = [self._settled(coming) for coming in values_of[node.inputs[0]]]
                values_of[node.inputs[0]] = list(currents)
                late[node.name] += self.sites.listen(node, currents, listen)
            values_of[node.name] = self._values(node, values_of, steps)
            if node.name in self._plan.frontier:
                heard[node.name] = values_of[node.name]
            for name in self._plan.dead_after[node.name]:
                del values_of[name]
        delay = max(late.values())
        self.counters.passes.wait(delay, len(steps) * (delay > 0))
        for index, step in enumerate(steps):
            for name, sent in heard.items():
                self._read(name, [sent[index]], [step])
            self.counters.passes.wait(1, 1)
            yield step

    def record(self, timesteps: int) -> Recording:
        """Return the output decoded after `timesteps` regular steps, with all counts so far."""
        total = self.readout.total(timesteps)
        values: dict[str, Value] = dict(self.constants(image=True, bias=True))
        values |= {name: value / total for name, value in self.sums.items()}
        counters = self.counters.snapshot()
        self._map_output(values, timesteps, counters)
        uncounted = counters.snapshot()  # what settles was counted at every step
        for node in self._plan.settling:
            values[node.name] = self._linear.compute(node, values, uncounted, bias=True)
        for node in self._plan.tail:
            values[node.name] = self._linear.compute(node, values, counters, bias=True)
        neurons, spikes = counters.totals()
        wanted = self.network.graph.wanted
        output = wanted[-1] if wanted else self.network.graph.output
        whole = Recording(
            timesteps=timesteps,
            latency_steps=counters.passes.passes,
            output=counters.own(output, self._settled(values[output])),
            decoded=self._decoded(values),
            layers=counters.compute(),
            neurons=neurons,
            spikes=spikes,
            state_ops=counters.state.compute(),
            seconds=time.perf_counter() - self._started,
            spike_kind=counters.kind(),
            settled={name: self._settled(values[name]) for name in wanted},
        )
        return replace(whole, images=by_image(whole, counters)) if counters.apart else whole

    def _decoded(self, values: dict[str, Value]) -> Tensor | None:
        layer = self.network.output_layer
        if layer is None or layer not in values:
            return None
        return self.counters.own(layer, self._settled(values[layer]))

    def fork(self) -> "Simulation":
        """Return a copy that may run further phases while this one stays as it is.

        Memory: the membranes are shared until the copy's next step replaces them one by one.
        """
        other = copy.copy(self)
        other.sums = {name: value.clone() for name, value in self.sums.items()}
        other.counters = self.counters.fork()
        other.sites = self.sites.fork(other.counters)
        return other

    def constants(self, *, image: bool, bias: bool) -> dict[str, Tensor]:
        """Return the values of all nodes that no neuron drives, computed once for each drive."""
        return self._linear.constants(self.counters, image=image, bias=bias)

    def _values(
        self, node: Node, values_of: dict[str, list[Value]], steps: Sequence[Step]
    ) -> list[Value]:
        """Return what a node sends at each step."""
        steps = self._local(node.name, steps)
        if node.kind is Kind.SITE:
            sent, self._density[node.name] = self.sites.fire(node, values_of[node.inputs[0]], steps)
            return list(sent)
        shares = [self._density.get(name, [1.0] * len(steps)) for name in node.inputs]
        if node.indicate:  # spikes, merely routed
            self._density[node.name] = [max(of_step) for of_step in zip(*shares, strict=True)]
        values: list[Value] = []
        for index, step in enumerate(steps):
            arriving = {name: values_of[name][index] for name in node.inputs}
            if node.kind is Kind.WIRING:
                wired = self._linear.wire(node, arriving, self.counters, bias=step.bias)
                values.append(wired)
                continue
            value = as_sent(arriving[node.inputs[0]])
            coming = Current(node, value, step.bias, shares[0][index])
            values.append(coming if node.name in self._plan.feeding else self._settled(coming))
        return values

    def _local(self, name: str, steps: Sequence[Step]) -> list[Step]:
        """Return what the steps are to a node."""
        return [step.at(self._plan.layers_before[name]) for step in steps]

    def _settled(self, coming: Value) -> Tensor:
        return self._linear.settled(coming, self.counters)

    def _map_output(self, values: dict[str, Value], timesteps: int, counters: Counters) -> None:
        """Map the spiking output layer's decoded values, where the network says how."""
        output_map = self.network.output_map
        if output_map is None:
            return
        name = next(site.name for site in self.network.graph.sites if site.role == "output")
        value = dense(as_sent(values[name]))
        macs = output_map.macs(counters.own(name, value))
        kind = SpikeKind.ANALOGUE
        mapped = LayerCount(
            output_map.layer, output_map.op, kind, macs_cached=macs, macs_streaming=macs
        )
        counters.update_mapping(mapped)
        values[name] = output_map(value, timesteps)


def _together(network: Network, image: Tensor, budget: int) -> int:
    """Return how many steps a layer takes at once; on a device those whose maps fit `budget`."""
    if image.is_cpu:
        return TOGETHER if _all_by_kernel(network) else 1
    channels = max((len(node.synapse.weight) for node in network.graph.synapses), default=1)
    of_a_step = image.element_size() * image[:, 0].numel() * channels
    return max(1, budget // of_a_step)


def _all_by_kernel(network: Network) -> bool:
    """Tell whether kernels serve all sites but the output: other neurons send maps of floats."""
    sites = (site.name for site in network.graph.sites if site.role != "output")
    return all(has_kernel(network.neurons[site]) for site in sites)
