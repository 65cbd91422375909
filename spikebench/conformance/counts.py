"""Check of what is counted, against a loop over every event that the neurons sent."""

from collections.abc import Iterator

import torch
from torch import Tensor

from spikebench.conformance.alphabet import multiplicity
from spikebench.conformance.events import routed_synops
from spikebench.conformance.listen import SpikeTrain, overheard_run
from spikebench.conformance.nets import picture
from spikebench.conformance.subject import TIME, Case, Subject
from spikebench.conformance.verdict import Objection
from spikebench.snn.model.recording import Recording
from spikebench.spike_kinds import SpikeKind


def counts(subject: Subject) -> str:
    """Spikes and SynOps equal an event loop over what was sent."""
    total = 0
    for case in subject.converted:
        recording, trains = overheard_run(case.networks[TIME], picture(), TIME)
        sent = {site: _spikes(train) for site, train in trains.items()}
        expected = {
            "spikes": sum(int(spikes.sum()) for spikes in sent.values()),
            "neurons": sum(spikes.numel() for spikes in sent.values()),
        }
        for name, number in expected.items():
            _compare(f"{case.name}, {name}", getattr(recording, name), number)
        for layer, shown, number in _layers(case, recording, sent):
            _compare(f"{case.name}, {layer}", shown, number)
        _check_steps(case.name, recording.latency_steps, trains)
        total += sum(layer.synops for layer in recording.layers)
    return f"{total} SynOps"


def _spikes(train: SpikeTrain) -> Tensor:
    """Return how many spikes each neuron sent over the whole run, (N, C, H, W)."""
    sent = [multiplicity(firing.number, train.neuron.digits) for firing in train.firings]
    return torch.stack(sent).sum(dim=0)


def _layers(
    case: Case, recording: Recording, sent: dict[str, Tensor]
) -> Iterator[tuple[str, int, int]]:
    """Yield what each layer behind a neuron shows and what the event loop finds."""
    graph, shown = case.networks[TIME].graph, {layer.layer: layer for layer in recording.layers}
    for node in graph.synapses:
        if node.inputs[0] not in graph.driven:
            continue
        layer = shown[node.name]
        if layer.input_kind is not SpikeKind.ANALOGUE:
            yield f"SynOps of '{node.name}'", layer.synops, routed_synops(graph, node, sent)


def _compare(what: str, shown: int, found: int) -> None:
    if shown != found:
        raise Objection(
            f"{what}: the table would show {shown}, the event loop finds {found}. Let the "
            "simulation take every step (`simulation.step`) and count it: leave its tally alone."
        )


def _check_steps(place: str, latency: int, trains: dict[str, SpikeTrain]) -> None:
    passes = max(len(train.firings) for train in trains.values())
    if latency < passes:  # it may be longer: layers can wait for each other
        raise Objection(
            f"{place}: a neuron took {passes} steps, but the latency counts {latency}. Let the "
            "simulation take every step (`simulation.step`) and leave its tally alone."
        )
    for neuron in (train.neuron for train in trains.values()):
        if not (type(neuron.state_ops) is int and neuron.state_ops > 0):
            raise Objection(
                f"{type(neuron).__name__}.state_ops is {neuron.state_ops!r}; expected the additions"
                " and comparisons of one neuron in one step, 3 for integrate, compare, reset."
            )
