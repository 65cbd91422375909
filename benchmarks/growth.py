"""How the time of a simulation grows with T, where the spikes hardly grow."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import torch
import typer

from benchmarks.workload import (
    BACKBONE,
    LARGEST_SIDE,
    Workload,
    fresh,
    prepare,
    report,
    warn_if_busy,
)
from spikebench.snn import simulate


def measure(workload: Workload, timesteps: int) -> tuple[float, float]:
    """Return the processor seconds of one run to T and its spikes per neuron."""
    torch.set_num_threads(workload.threads)
    network, image = workload.network, workload.image
    list(simulate(network, image, [2]))
    started = time.process_time()
    (recording,) = simulate(network, image, [timesteps])
    return time.process_time() - started, recording.spikes / recording.neurons


def main(
    short: Annotated[int, typer.Option(min=1, help="The smaller T.")] = 16,
    long: Annotated[int, typer.Option(min=1, help="The larger T.")] = 64,
    rounds: Annotated[int, typer.Option(min=1, help="Pairs of measurements.")] = 3,
    threads: Annotated[int, typer.Option(min=1, help="Threads.")] = 1,
    side: Annotated[int, typer.Option(min=16, max=LARGEST_SIDE, help="Pixels a side.")] = 256,
    levels: Annotated[int, typer.Option(min=1, help="DCGS with so many thresholds.")] = 4,
    backbone: Annotated[str, typer.Option(help="A file of backbones/.")] = BACKBONE,
) -> None:
    """Compare DCGS at two T, in processor time, which other programs hardly lengthen."""
    warn_if_busy()
    with TemporaryDirectory() as folder:
        workload = Workload(Path(folder), side, threads, backbone, "dcgs")
        prepare(workload, levels=levels)
        ratios = [_pair(workload, short, long) for _ in range(rounds)]
    report(ratios, f"time of DCGS, n = {levels}, at T = {long} over T = {short}")


def _pair(workload: Workload, short: int, long: int) -> float:
    (first, few), (second, many) = fresh(measure, workload, short), fresh(measure, workload, long)
    print(
        f"T={short}: {first:.2f} s, {few:.2f} spikes per neuron; "
        f"T={long}: {second:.2f} s, {many:.2f}: {second / first:.2f}",
        flush=True,
    )
    return second / first


if __name__ == "__main__":
    typer.run(main)
