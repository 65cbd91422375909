"""All checks by name, in the order in which a method's author wants to read them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import torch

from spikebench.conformance import behaviour, description, spiking
from spikebench.conformance.counts import counts
from spikebench.conformance.limit import limit
from spikebench.conformance.neighbours import neighbours
from spikebench.conformance.nets import NETS
from spikebench.conformance.subject import Subject
from spikebench.conformance.verdict import Objection, Result, Verdict
from spikebench.errors import BenchError

Check = Callable[[Subject], str | None]

CHECKS: dict[str, Check] = {
    "metadata": description.metadata,
    "citation": description.citation,
    **{f"converts {name}": partial(behaviour.converts, name=name) for name in NETS},
    "output": behaviour.output,
    "seed": behaviour.seed,
    "saved and loaded": behaviour.saved,
    "anytime": behaviour.anytime,
    "nears the ANN": limit,
    "kind of spikes": spiking.kind,
    "reach": neighbours,
    "charge": spiking.charge,
    "counts": counts,
}


def check_method(file: Path) -> Iterator[Result]:
    """Yield the result of every check of a method file, of the first alone if it cannot be read."""
    subject = Subject(file)
    for name in CHECKS:
        result = run_check(name, subject)
        yield result
        if "method" not in vars(subject):  # it could not be loaded: the message says why
            return


def run_check(name: str, subject: Subject) -> Result:
    """Return the result of one check; whatever a method raises is a check that failed."""
    try:
        with _one_thread():
            return Result(name, Verdict.OK, CHECKS[name](subject) or "")
    except Objection as objection:
        return Result(name, objection.verdict, str(objection))
    except BenchError as error:
        return Result(name, Verdict.FAILED, str(error))
    except Exception as error:
        what = f"{type(error).__name__}: {error}{subject.place_of(error)}"
        return Result(name, Verdict.FAILED, f"stopped with {what}.")


@contextmanager
def _one_thread() -> Iterator[None]:
    """Maps of a few pixels take longer to hand to threads than to compute."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
