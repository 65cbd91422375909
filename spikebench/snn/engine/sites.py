"""The neurons of one simulation: their states, what they answer to currents, and its counts."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from spikebench.snn.engine.counters import Tally
from spikebench.snn.engine.currents import Current, Synapses, Value
from spikebench.snn.engine.faithful import is_faithful, is_same
from spikebench.snn.graph.nodes import Node
from spikebench.snn.kernels.census import Census, Found
from spikebench.snn.kernels.fire import GRADED, Launch, fire
from spikebench.snn.model.network import Network
from spikebench.snn.model.neurons import State
from spikebench.snn.model.protocols import Step
from spikebench.snn.model.spikemap import SpikeMap, dense
from spikebench.snn.model.spikes import kind_of_whole
from spikebench.spike_kinds import SpikeKind


@dataclass(frozen=True)
class Answer:
    """What a site sends in one step, its numbers n (N, C, H, W), and a census of them if taken."""

    sent: Tensor | SpikeMap
    number: Tensor
    found: Found | None = None


class Sites:
    """All neurons of a simulation. `overwriting`: sites whose currents nothing else reads."""

    def __init__(
        self, network: Network, synapses: Synapses, tally: Tally, overwriting: set[str]
    ) -> None:
        self.states: dict[str, State] = {}
        self.tally = tally
        self._neurons = network.neurons
        self._synapses = synapses
        self._overwriting = overwriting
        self._thetas = {site: neuron.theta.clone() for site, neuron in network.neurons.items()}
        self._shared: set[str] = set()  # sites whose state belongs to the original of a fork

    def fork(self, tally: Tally) -> "Sites":
        """Return a copy that counts in `tally`, while this one stays as it is.

        Memory: the membranes are shared until the copy's next step replaces them one by one.
        """
        other = copy.copy(self)
        other.tally, other.states, other._shared = tally, dict(self.states), set(self.states)
        return other

    def rehearse(self, node: Node, currents: list[Tensor]) -> int:
        """Let a site see its currents; return by how many steps that delays what it sends."""
        neuron = self._neurons[node.name]
        self.states[node.name] = neuron.start(currents[0])
        operations = neuron.rehearse(self.states[node.name], currents)
        self.tally.state_ops += operations * self.tally.own(node.name, currents[0]).numel()
        return len(currents) if operations else 0

    def fire(
        self, node: Node, coming: list[Value], steps: Sequence[Step]
    ) -> tuple[list[Tensor | SpikeMap], list[float]]:
        """Let a site answer what is coming at each step, and count what it sends.

        Return that, and the share of its neurons that send something.
        """
        neuron = self._neurons[node.name]
        if node.name not in self.states:
            coming = [self._synapses.settled(coming[0], self.tally), *coming[1:]]
            self.states[node.name] = neuron.start(coming[0])
        answers = self._answers(node.name, coming, steps)
        own = self.tally.own(node.name, answers[0].number).numel()
        events = [self._count(node.name, answer) for answer in answers]
        self.tally.state_ops += len(steps) * neuron.state_ops * own
        return [answer.sent for answer in answers], [number / own for number in events]

    def _answers(self, site: str, coming: list[Value], steps: Sequence[Step]) -> list[Answer]:
        """Take steps of a site's neurons, by their kernel where one serves."""
        neuron, state = self._neurons[site], self._state(site)
        launches = [neuron.launch(state, step) for step in steps]
        served = None not in launches
        answers = self._fed(site, coming, launches) if served else None
        if answers is None and len(steps) > 1 and _any_current(coming):  # one map at a time
            pairs = zip(coming, steps, strict=True)
            return [answer for one, step in pairs for answer in self._answers(site, [one], [step])]
        if answers is not None:
            return answers
        currents = [self._synapses.settled(one, self.tally) for one in coming]
        numbers = fire(launches, currents) if served else None
        if numbers is not None:
            return [Answer(SpikeMap(number, neuron.theta), number) for number in numbers]
        own = site in self._overwriting
        return [
            Answer(*neuron.step(state, current, step, out=current if own else None))
            for current, step in zip(currents, steps, strict=True)
        ]

    def _fed(self, site: str, coming: list[Value], launches: list[Launch]) -> list[Answer] | None:
        """Let neurons take their currents from events; None where there is another way to go."""
        if not all(isinstance(one, Current) for one in coming):
            return None
        census = self._census(site, launches[0])
        fed = self._synapses.feed(coming, launches, census)
        if fed is None:
            return None
        numbers, found = fed
        for one, number in zip(coming, numbers, strict=True):
            self.tally.charge(one.node, one.value, number, bias=one.bias)
        theta = self._neurons[site].theta
        return [
            Answer(SpikeMap(number, theta), number, each)
            for number, each in zip(numbers, found or [None] * len(numbers), strict=True)
        ]

    def _census(self, site: str, launch: Launch) -> Census | None:
        """Return where a kernel may count a site's spikes itself, None where it may not."""
        faithful = is_same(self._neurons[site].theta, self._thetas[site])
        if launch.kernel in GRADED or not faithful or not launch.fits:
            return None
        census = Census(self.tally.running(site, launch.v), self.tally.top(site))
        return census if census.fits else None

    def _state(self, site: str) -> State:
        """Return a site's state, which is this simulation's own."""
        if site in self._shared:
            self.states[site] = {name: value.clone() for name, value in self.states[site].items()}
            self._shared.remove(site)
        return self.states[site]

    def _count(self, site: str, answer: Answer) -> int:
        """Count one step's spikes and return their events.

        Values that are not theta times their number are analogue.
        """
        neuron, tally = self._neurons[site], self.tally
        if answer.found is not None:
            events, least, most = answer.found
            return tally.note(site, kind_of_whole(least, most), events)
        if is_faithful(neuron, self._thetas[site], answer.number, answer.sent):
            return tally.add(site, tally.own(site, answer.number), neuron.digits)
        events = tally.add(site, tally.own(site, dense(answer.sent)) != 0)
        tally.sites[site].kind = SpikeKind.ANALOGUE
        return events


def _any_current(coming: list[Value]) -> bool:
    return any(isinstance(one, Current) for one in coming)
