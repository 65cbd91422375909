"""What exact counting costs: a simulation with its counts against the same one without them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from unittest.mock import patch

import torch
import typer

from benchmarks.workload import LARGEST_SIDE, Workload, fresh, prepare, report, warn_if_busy
from spikebench.snn import Network, Step, simulate
from spikebench.snn.engine.counting.counters import Counters
from spikebench.snn.engine.sites import Answer, Sites


def seconds(network: Network, image: torch.Tensor, timesteps: int) -> float:
    """Return the processor time of one run to T on all threads, which other programs do not
    lengthen.
    """
    started = time.process_time()
    for _ in simulate(network, image, [timesteps]):
        pass
    return time.process_time() - started


@contextmanager
def noted() -> Iterator[list[int | None]]:
    """Note the events of every site and step of the runs inside."""
    events: list[int | None] = []
    count = Sites._count

    def listen(sites: Sites, site: str, answer: Answer, step: Step) -> int | None:
        events.append(count(sites, site, answer, step))
        return events[-1]

    with patch.object(Sites, "_count", listen):
        yield events


@contextmanager
def uncounted(events: list[int | None]) -> Iterator[None]:
    """Run without counts: `events` are told to the convolutions, which choose their way by them."""
    told = iter(events)
    with (
        patch.object(Sites, "_count", lambda *_: next(told)),
        patch.object(Sites, "_census", lambda *_: None),  # what a kernel counts while it fires
        patch.object(Counters, "compute", lambda counters: []),
    ):
        yield


def time_pairs(workload: Workload, rounds: int, timesteps: int) -> list[tuple[float, float]]:
    """Return pairs of seconds, (counted, uncounted), in alternating order within one process."""
    torch.set_num_threads(workload.threads)
    network, image = workload.network, workload.image
    with noted() as events:
        seconds(network, image, timesteps)
    pairs = []
    for i in range(rounds):
        taken: dict[bool, float] = {}
        for counted in (True, False) if i % 2 == 0 else (False, True):
            if counted:
                taken[counted] = seconds(network, image, timesteps)
            else:
                with uncounted(events):
                    taken[counted] = seconds(network, image, timesteps)
        pairs.append((taken[True], taken[False]))
    return pairs


def main(
    rounds: Annotated[int, typer.Option(min=1, help="Pairs of measurements.")] = 7,
    threads: Annotated[int, typer.Option(min=1, help="Threads.")] = 2,
    side: Annotated[int, typer.Option(min=16, max=LARGEST_SIDE, help="Pixels a side.")] = 256,
    timesteps: Annotated[int, typer.Option(min=1, help="T.")] = 16,
) -> None:
    """Compare runs with and without counts, in processor time."""
    warn_if_busy()
    with TemporaryDirectory() as folder:
        workload = Workload(Path(folder), side, threads)
        prepare(workload)
        pairs = fresh(time_pairs, workload, rounds, timesteps)
    for counted, bare in pairs:
        print(f"counted {counted:.2f} s, not counted {bare:.2f} s: {counted / bare:.3f}")
    report([counted / bare for counted, bare in pairs], "processor time with counts over without")


if __name__ == "__main__":
    typer.run(main)
