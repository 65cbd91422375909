"""The time that a run still takes, from what its finished jobs took.

seconds = b x work, as docs/scale.md has it; b is that of the nearest jobs that were measured.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """A job of a run: what it does, for which backbone and row, and how much.

    `row` is "" where one job does all rows. `seconds` is what it took, wall time, and `ended` when
    that was, in seconds since the epoch: None where it was not measured.
    """

    kind: str
    backbone: str
    row: str
    work: float
    done: bool
    seconds: float | None = None
    ended: float | None = None


def seconds_left(jobs: Sequence[Job]) -> tuple[float | None, int]:
    """Return the seconds that the jobs not done will take, and for how many that is unknown.

    They are shared by as many as ran at once so far, and the longest one is not split. None where
    nothing is known of any of them.
    """
    rates = _rates(jobs)
    expected = [_expected(job, rates) for job in jobs if not job.done]
    known = [seconds for seconds in expected if seconds is not None]
    unknown = len(expected) - len(known)
    if expected and not known:
        return None, unknown
    return max([sum(known) / at_once(jobs), *known], default=0.0), unknown


def at_once(jobs: Sequence[Job]) -> float:
    """Return how many measured jobs ran at the same time, over the time in which any ran; >= 1."""
    spans = sorted(
        (job.ended - job.seconds, job.ended)
        for job in jobs
        if job.seconds is not None and job.ended is not None
    )
    busy, end = 0.0, float("-inf")
    for start, stop in spans:
        busy += max(0.0, stop - max(start, end))
        end = max(end, stop)
    total = sum(stop - start for start, stop in spans)
    return max(1.0, total / busy) if busy else 1.0


def _groups(job: Job) -> Iterator[tuple[str, ...]]:
    """Yield the groups of jobs that tell what a job takes, the nearest first."""
    yield job.kind, job.backbone, job.row
    yield job.kind, job.backbone
    yield (job.kind,)


def _rates(jobs: Sequence[Job]) -> dict[tuple[str, ...], float]:
    """Return b of each group that has a measured job: of its jobs together."""
    seconds: dict[tuple[str, ...], float] = defaultdict(float)
    work: dict[tuple[str, ...], float] = defaultdict(float)
    for job in jobs:
        for group in _groups(job) if job.seconds is not None else ():
            seconds[group] += job.seconds or 0.0
            work[group] += job.work
    return {group: seconds[group] / work[group] for group in work}


def _expected(job: Job, rates: dict[tuple[str, ...], float]) -> float | None:
    b = next((rates[group] for group in _groups(job) if group in rates), None)
    return None if b is None else b * job.work
