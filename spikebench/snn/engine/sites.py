"""The neurons of one simulation: their states, what they answer to currents, and its counts."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from spikebench.snn.engine.counting.counters import Counters
from spikebench.snn.engine.currents import Current, Synapses, Value
from spikebench.snn.engine.faithful import faithful_there, is_faithful, is_same
from spikebench.snn.engine.observe import Firing, Observe
from spikebench.snn.graph.nodes import Node
from spikebench.snn.kernels.census import Census, Found
from spikebench.snn.kernels.fire import fire
from spikebench.snn.kernels.launch import Launch
from spikebench.snn.model.kernel_rules import launch
from spikebench.snn.model.network import Network
from spikebench.snn.model.neuron import Neuron
from spikebench.snn.model.protocols import Listen
from spikebench.snn.model.spikes.audit import kind_of_whole
from spikebench.snn.model.spikes.spikemap import SpikeMap, dense
from spikebench.snn.model.step import SILENT, WAITING, State, Step
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
        self,
        network: Network,
        synapses: Synapses,
        counters: Counters,
        overwriting: set[str],
        observe: Observe | None = None,
    ) -> None:
        self.states: dict[str, State] = {}
        self.counters = counters
        self._neurons = network.neurons
        self._synapses = synapses
        self._overwriting = overwriting
        self._observe = observe
        self._thetas = {site: neuron.theta.clone() for site, neuron in network.neurons.items()}
        self._shared: set[str] = set()  # sites whose state belongs to the original of a fork

    def fork(self, counters: Counters) -> Self:
        """Return a copy that counts in `counters`, while this one stays as it is.

        Memory: the membranes are shared until the copy's next step replaces them one by one.
        """
        other = copy.copy(self)
        other.counters, other.states = counters, dict(self.states)
        other._shared = set(self.states)
        return other

    def listen(self, node: Node, currents: Sequence[Tensor], listen: Listen) -> int:
        """Let a site hear its currents; return by how many steps that delays what it sends."""
        neuron = self._neurons[node.name]
        self.states[node.name] = neuron.start(currents[0])
        operations = listen(neuron, self.states[node.name], currents)
        neurons = self.counters.own(node.name, currents[0]).numel()
        self.counters.state.update(operations * neurons)
        return len(currents) if operations else 0

    def fire(
        self, node: Node, coming: Sequence[Value], steps: Sequence[Step]
    ) -> tuple[list[Tensor | SpikeMap], list[float]]:
        """Let a site answer what is coming at each step, and count what it sends.

        Return that, and the share of its neurons that send something, 1 where it is not known yet.
        Steps that come together are of one phase.
        """
        neuron = self._neurons[node.name]
        if node.name not in self.states:
            first = self._synapses.settled(coming[0], self.counters)
            self.states[node.name] = neuron.start(first)
            coming = [first, *coming[1:]]
        if steps[0].phase in (WAITING, SILENT):
            return self._quiet(node.name, coming, steps)
        answers = self._answers(node.name, coming, steps)
        own = self.counters.own(node.name, answers[0].number).numel()
        events = self._count_all(node.name, answers, steps)
        self.counters.state.update(len(steps) * neuron.state_ops * own)
        shares = [1.0 if number is None else number / own for number in events]
        return [answer.sent for answer in answers], shares

    def _quiet(
        self, site: str, coming: Sequence[Value], steps: Sequence[Step]
    ) -> tuple[list[Tensor | SpikeMap], list[float]]:
        """Let a site that may not fire integrate what comes, unless it is done; it sends nothing.

        Integrating is one operation per neuron.
        """
        neuron, state = self._neurons[site], self._state(site)
        if steps[0].phase == WAITING:
            for one in coming:
                self._hear(neuron, state, one)
            self.counters.state.update(len(steps) * self.counters.own(site, state["v"]).numel())
        nothing = SpikeMap(torch.zeros_like(state["v"], dtype=torch.int8), neuron.theta)
        return [nothing] * len(steps), [0.0] * len(steps)

    def _hear(self, neuron: Neuron, state: State, coming: Value) -> None:
        """Let neurons that may not fire integrate what comes.

        Where no spike and no bias comes there is nothing to add, and no current is computed: in a
        deep network with a staggered start that is what most passes are. A band knows of the spikes
        in its own rows only, so that it always looks.
        """
        if isinstance(coming, Current) and coming.is_zero and self.counters.band is None:
            self.counters.update(coming.node, coming.value, state["v"], bias=False)
            return
        neuron.wait(state, self._synapses.settled(coming, self.counters))

    def _answers(self, site: str, coming: Sequence[Value], steps: Sequence[Step]) -> list[Answer]:
        """Take steps of a site's neurons, by their kernel where one serves."""
        neuron, state = self._neurons[site], self._state(site)
        launches = _all_there([launch(neuron, state, step) for step in steps])
        here = state["v"].is_cpu
        feeds = launches and here and not self._observe and not self.counters.apart
        answers = self._fed(site, coming, launches) if feeds else None
        if answers is None and here and len(steps) > 1 and _any_current(coming):  # one at a time
            pairs = zip(coming, steps, strict=True)
            return [answer for one, step in pairs for answer in self._answers(site, [one], [step])]
        if answers is not None:
            return answers
        currents = self._synapses.all_settled(coming, self.counters)
        heard = self._heard(state, currents)
        numbers = fire(launches, currents) if launches else None
        theta = neuron.theta
        if numbers is not None:
            answers = [Answer(SpikeMap(number, theta), number) for number in numbers]
        else:
            answers = self._by_steps(site, state, currents, steps)
            if launches and not here:  # what a kernel may replace sends theta times its numbers
                answers = [replace(one, sent=_as_map(one, theta)) for one in answers]
        self._tell(site, state, heard, answers, steps)
        return answers

    def _heard(self, state: State, currents: Sequence[Tensor]) -> list[tuple[Tensor, Tensor]]:
        """Copy for the observer what the step may write over: currents and potentials."""
        if self._observe is None:
            return []
        return [(current.clone(), state["v"].clone()) for current in currents]

    def _by_steps(
        self, site: str, state: State, currents: Sequence[Tensor], steps: Sequence[Step]
    ) -> list[Answer]:
        """Take steps in PyTorch."""
        neuron, own = self._neurons[site], site in self._overwriting
        return [
            Answer(*neuron.step(state, current, step, out=current if own else None))
            for current, step in zip(currents, steps, strict=True)
        ]

    def _tell(
        self,
        site: str,
        state: State,
        heard: Sequence[tuple[Tensor, Tensor]],
        answers: Sequence[Answer],
        steps: Sequence[Step],
    ) -> None:
        """Let the observer hear what happened; it has the simulation take one step at a time."""
        if self._observe:
            neuron = self._neurons[site]
            for (current, before), answer, step in zip(heard, answers, steps, strict=True):
                sent = answer.number, answer.sent
                self._observe(Firing(site, neuron, step, current, before, *sent, state))

    def _fed(
        self, site: str, coming: Sequence[Value], launches: Sequence[Launch]
    ) -> list[Answer] | None:
        """Let neurons take their currents from events; None where there is another way to go."""
        currents = [one for one in coming if isinstance(one, Current)]
        if len(currents) < len(coming):
            return None
        census = self._census(site, launches[0])
        fed = self._synapses.feed(currents, launches, census)
        if fed is None:
            return None
        numbers, found = fed
        for one, number in zip(currents, numbers, strict=True):
            self.counters.update(one.node, one.value, number, bias=one.bias)
        theta, none = self._neurons[site].theta, [None] * len(numbers)
        return [
            Answer(SpikeMap(number, theta), number, each)
            for number, each in zip(numbers, found or none, strict=True)
        ]

    def _census(self, site: str, launch: Launch) -> Census | None:
        """Return where a kernel may count a site's spikes itself, None where it may not."""
        faithful = is_same(self._neurons[site].theta, self._thetas[site])
        if launch.kernel.graded or not faithful or not launch.fits:
            return None
        like = self.counters.own(site, launch.v)
        census = Census(self.counters.spikes.running(site, like), self.counters.top(site))
        return census if census.fits else None

    def _state(self, site: str) -> State:
        """Return a site's state, which is this simulation's own."""
        if site in self._shared:
            self.states[site] = {name: value.clone() for name, value in self.states[site].items()}
            self._shared.remove(site)
        return self.states[site]

    def _count_all(
        self, site: str, answers: Sequence[Answer], steps: Sequence[Step]
    ) -> list[int | None]:
        """Count the spikes of some steps; return the events of each, None on a device.

        Nothing waits for a device. Where it sends its numbers alone, all steps are counted at once.
        Images that are counted apart are, on a CPU too.
        """
        if answers[0].number.is_cpu and not self.counters.apart:
            return [self._count(site, *pair) for pair in zip(answers, steps, strict=True)]
        alike = all(isinstance(answer.sent, SpikeMap) for answer in answers)
        size = len(answers) if alike else 1
        for first in range(0, len(answers), size):
            self._count_there(site, answers[first : first + size], steps[first : first + size])
        return [None] * len(answers)

    def _count(self, site: str, answer: Answer, step: Step) -> int:
        """Count one step's spikes and return their events.

        Values that are not theta times their number are analogue.
        """
        counters, spikes = self.counters, self.counters.spikes
        if answer.found is not None:
            events, least, most = answer.found
            return spikes.note(site, kind_of_whole(least, most), events)
        neuron = self._neurons[site]
        if is_faithful(neuron, self._thetas[site], answer.number, answer.sent):
            events = spikes.update(site, counters.own(site, answer.number), neuron.digits)
            if neuron.weight(step) != 1.0:
                spikes.weighted(site)
            return events
        events = spikes.update(site, counters.own(site, dense(answer.sent)) != 0)
        spikes.compute()[site].kind = SpikeKind.ANALOGUE
        return events

    def _count_there(self, site: str, answers: Sequence[Answer], steps: Sequence[Step]) -> None:
        """Count spikes where they lie: one step's, or those of steps that send numbers alone."""
        neuron, counters, first = self._neurons[site], self.counters, answers[0]
        faithful = faithful_there(neuron, self._thetas[site], first.number, first.sent)
        timed = any(neuron.weight(step) != 1.0 for step in steps)
        told = {"timed": timed, "faithful": faithful}
        if not isinstance(first.sent, SpikeMap):
            told["values"] = counters.own(site, first.sent)
        numbers = [counters.own(site, answer.number) for answer in answers]
        counters.spikes.tally(site, numbers, neuron.digits, **told)


def _as_map(answer: Answer, theta: Tensor) -> SpikeMap:
    """Return what was sent as numbers, with the values that are there already."""
    return SpikeMap.of(answer.number, theta, dense(answer.sent))


def _all_there(launches: Sequence[Launch | None]) -> list[Launch]:
    """Return the launches where a kernel serves in every step, else none."""
    found = [each for each in launches if each is not None]
    return found if len(found) == len(launches) else []


def _any_current(coming: Sequence[Value]) -> bool:
    return any(isinstance(one, Current) for one in coming)
