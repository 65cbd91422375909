"""Checks of the spikes themselves: their kind, and the charge that they carry."""

import copy

import torch

from spikebench.conformance.alphabet import alphabet
from spikebench.conformance.listen import SpikeTrain, overheard_run
from spikebench.conformance.nets import picture
from spikebench.conformance.subject import TIME, Case, Subject
from spikebench.conformance.verdict import NotApplicable, Objection
from spikebench.snn import Firing, Neuron, Recording
from spikebench.snn.graph.forward import run_ann
from spikebench.spike_kinds import SpikeKind


def kind(subject: Subject) -> str:
    """Values sent are theta*n, and the kind shown in tables is that of the numbers n."""
    sent = {}
    richest = SpikeKind.NONE
    for case in subject.converted:
        recording, trains = overheard_run(case.networks[TIME], picture(), TIME)
        richest = max(richest, recording.spike_kind)
        firings = [(site, firing) for site in trains for firing in trains[site].firings]
        for site, firing in firings:
            _check_values(f"{case.name}, site '{site}'", trains[site].neuron, firing)
        sent[case.name] = max(_alphabet(train) for train in trains.values())
    if max(sent.values()) is not richest:
        raise Objection(
            f"tables would say {richest.label}, but what the neurons send is "
            f"{max(sent.values()).label}. Let `fire` return bool or int8; floats are for "
            "graded spikes."
        )
    note = "; MACs at every step" if richest is SpikeKind.ANALOGUE else ""
    return ", ".join(f"{name} {kind.label}" for name, kind in sent.items()) + note


def charge(subject: Subject) -> str:
    """Sum of currents = theta*N + v(T) - v(0) for every neuron, in float64.

    Of neurons that wait: what their events add up to is what the next layer is given.
    """
    reasons: set[str] = set()
    kept = 0
    for case in subject.converted:
        recording, trains = overheard_run(case.networks[TIME], picture(), TIME, torch.float64)
        if case.networks[TIME].protocol.waits:
            _check_decoded(case, recording, trains)
            kept += 1
            continue
        for site, train in trains.items():
            reason = _exemption(train.neuron)
            if reason:
                reasons.add(reason)
                continue
            kept += site in {s.name for s in case.networks[TIME].sites}
            _check_charge(f"{case.name}, site '{site}'", train)
    if not kept:
        raise NotApplicable("; ".join(sorted(reasons)))
    return f"not for: {'; '.join(sorted(reasons))}" if reasons else ""


def _alphabet(train: SpikeTrain) -> SpikeKind:
    """Return the poorest kind that holds a site's spikes, timed if steps give them other worths."""
    kind = max(alphabet(firing.number, train.neuron.digits) for firing in train.firings)
    worths = set()
    for firing in train.firings:
        worth = firing.values.double() / (firing.number * train.neuron.theta)
        worths.update(worth[firing.number != 0].mul(1e4).round().unique().tolist()[:1])
    return SpikeKind.TIMED if kind is SpikeKind.BINARY and len(worths) > 1 else kind


def _check_decoded(case: Case, recording: Recording, trains: dict[str, SpikeTrain]) -> None:
    """Nothing but events leaves a layer: rebuilt from them alone, the image is the same."""
    decoded = {
        site: torch.stack([f.values for f in t.firings]).sum(0) for site, t in trains.items()
    }
    network = copy.deepcopy(case.networks[TIME]).to(torch.float64)
    rebuilt = run_ann(
        network.graph, picture().double(), activate=lambda site, value: decoded[site.name]
    )
    if not torch.allclose(rebuilt, recording.output, rtol=0, atol=1e-9):
        raise Objection(
            f"{case.name}: the events of the layers add up to another image than the network "
            "gives. `quantise` has to return the number of levels that `fire` sends."
        )


def _check_values(place: str, neuron: Neuron, firing: Firing) -> None:
    """Values are theta*n, up to one factor for all neurons that the step may bring along."""
    number = firing.number.to(firing.values.dtype)
    some = number != 0
    factors = (firing.values / (number * neuron.theta))[some]
    level = bool(((factors - factors[:1]).abs() <= 1e-5 * factors[:1].abs()).all())
    if not level or (firing.values[~some] != 0).any():
        raise Objection(
            f"{place}, step {firing.step.time}: the values it sends are not its spike numbers n "
            "times theta. `step` has to return theta * n and that same n (one factor for all "
            "neurons of a step is allowed); what is not in n is not counted."
        )


def _exemption(neuron: Neuron) -> str:
    """Return why a neuron need not conserve charge, or ""."""
    if neuron.integrator == "own":
        return f"{type(neuron).__name__} has a `step` of its own"
    if not neuron.reset.conserves_charge:
        return f'the reset "{neuron.reset.name}" of {type(neuron).__name__} loses charge'
    return ""


def _check_charge(place: str, train: SpikeTrain) -> None:
    neuron = train.neuron
    arrived = sum(f.current + neuron.shift * f.step.bias for f in train.firings)
    sent = neuron.theta * sum(f.number.double() * neuron.weight(f.step) for f in train.firings)
    lost = (arrived - sent - (train.after - train.before)).abs().max().item()
    scale = max(1.0, *(firing.current.abs().max().item() for firing in train.firings))
    if not lost <= 1e-9 * scale:
        raise Objection(
            f"{place}: charge is not conserved, sum of currents - theta*N - (v(T) - v(0)) is up to "
            f"{lost:.3g}. `fire` must not change u, and spikes must be taken from the membrane in "
            "full. If the method loses charge on purpose, say so: by a `Reset` with "
            '`conserves_charge=False`, or `integrator = "own"` for a `step` of your own.'
        )
