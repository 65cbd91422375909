"""Checks of a converted network as a whole: it is complete, repeatable, and can be saved."""

from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor

from spikebench.conformance.nets import build, patches, picture
from spikebench.conformance.subject import GRID, Subject, convert, record, same
from spikebench.conformance.verdict import NotApplicable, Objection, Refused
from spikebench.snn import Recording, Reference, simulate
from spikebench.snn.graph.forward import run_ann
from spikebench.snn.model.serialise import load_networks, save_networks


def converts(subject: Subject, name: str) -> None:
    """The network gets a neuron at every site, and the backbone keeps its weights."""
    if isinstance(subject.method, Reference):
        raise NotApplicable("a reference row converts nothing")
    case = subject.cases[name]
    if isinstance(case.objection, Refused) and not any(
        other.objection is None for other in subject.cases.values()
    ):
        raise Objection(f"refused, like all the others: {case.objection}")
    if case.objection:
        raise case.objection
    trained = build(name).state_dict()
    changed = [k for k, v in case.module.state_dict().items() if not torch.equal(v, trained[k])]
    if changed:
        raise Objection(
            f"`convert` changed the backbone's weights ({', '.join(changed)}). Other methods use "
            "the same backbone: change only what belongs to `network`."
        )


def output(subject: Subject) -> None:
    """The restored image has the right size and holds finite numbers, at every T."""
    if isinstance(subject.method, Reference):
        for name in subject.cases:
            _check_image(name, "restored", _restored(subject, name), build(name)(picture()))
        return
    for case in subject.converted:
        expected = case.module(picture())
        for recording in record(case.networks):
            _check_image(case.name, f"T={recording.timesteps}", recording.output, expected)


def seed(subject: Subject) -> None:
    """The same seed gives the same network, and nothing is random when it runs."""
    for case in subject.converted:
        runs: list[list[Recording]] = []
        for networks in (case.networks, convert(subject.method, case.module)):
            torch.manual_seed(len(runs))  # nothing seeds a run, so a neuron must not draw
            runs.append(record(networks))
        if not same(*runs):
            raise Objection(
                f"{case.name}: converted and run twice with the same seed, it gave two results. "
                "Draw random numbers in `convert`, and from torch, which is seeded there; a neuron "
                "must draw none, and nothing may be kept from one conversion to the next."
            )


def anytime(subject: Subject) -> str | None:
    """One run to the largest T gives at every T what a run to that T alone gives."""
    converted = subject.converted
    if not subject.method.anytime:
        raise NotApplicable("anytime = False: each T is converted and run by itself")
    for case in converted:
        together = list(simulate(case.networks[max(GRID)], picture(), GRID))
        if not same(together, record(case.networks)):
            raise Objection(
                f"{case.name}: one run to T={max(GRID)} and runs to each T alone differ. A step "
                "must not change with the T that is aimed at, nor `record` what goes on after it. "
                "Otherwise say `anytime = False`."
            )
        alone = record(convert(subject.method, case.module, GRID[1:2]))
        if not same(together[1:2], alone):
            raise Objection(
                f"{case.name}: converted for T in {list(GRID)} and for T={GRID[1]} alone, it gives "
                "two results: `convert` looks at `timesteps`. Say `anytime = False`."
            )
    return None


def saved(subject: Subject) -> None:
    """A network that was written and read again gives the same output and counts."""
    for case in subject.converted:
        with TemporaryDirectory() as folder:
            file = Path(folder, "network.safetensors")
            save_networks(case.networks, file)
            again = load_networks(file, case.module)
        if not same(record(case.networks), record(again)):
            raise Objection(
                f"{case.name}: saved and loaded, it gives another result. What a neuron, readout "
                "or protocol needs has to be a field of its dataclass: a tensor, number, text, or "
                "a list of them."
            )


def _restored(subject: Subject, name: str) -> Tensor:
    method = subject.method
    assert isinstance(method, Reference)
    network = method.apply(build(name), patches(), GRID)
    floor = torch.zeros_like(build(name)(picture()))
    return method.restore(lambda x: run_ann(network.graph, x), picture(), floor)


def _check_image(name: str, when: str, image: Tensor, expected: Tensor) -> None:
    if image.shape != expected.shape:
        raise Objection(
            f"{name}, {when}: the image has the shape {tuple(image.shape)}, that of the ANN is "
            f"{tuple(expected.shape)}. The readout and protocol must keep it."
        )
    if not torch.isfinite(image).all():
        raise Objection(
            f"{name}, {when}: the image holds NaN or infinite values. Look for a division by zero "
            "in thresholds, neuron or readout."
        )
