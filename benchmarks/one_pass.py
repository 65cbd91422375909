"""What it costs to record a whole grid of T in one pass: time, and memory as T grows."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import torch
import typer

from benchmarks.workload import (
    LARGEST_SIDE,
    Workload,
    fresh,
    laid_out,
    peak_memory,
    prepare,
    report,
    warn_if_busy,
)
from spikebench.snn import Network, simulate

GRID = [1, 2, 4, 8, 16, 32]
SHORT, LONG = 4, 64  # steps whose memory is compared


def seconds(network: Network, image: torch.Tensor, timesteps: list[int]) -> float:
    """Return the time of one pass that records every T of `timesteps`."""
    started = time.perf_counter()
    for _ in simulate(network, image, timesteps):
        pass
    return time.perf_counter() - started


def time_pairs(workload: Workload, rounds: int) -> list[tuple[float, float]]:
    """Return pairs of seconds, (whole grid, its largest T alone), in alternating order.

    All in one process: a ratio near 1 needs both on the same warm heap.
    """
    torch.set_num_threads(workload.threads)
    network, image = workload.network, workload.image
    seconds(network, image, GRID[:2])
    pairs = []
    for i in range(rounds):
        runs = {"grid": GRID, "alone": GRID[-1:]}
        order = list(runs) if i % 2 == 0 else list(reversed(runs))
        taken = {name: seconds(network, image, runs[name]) for name in order}
        pairs.append((taken["grid"], taken["alone"]))
    return pairs


def run_and_peak(workload: Workload, timesteps: int) -> float:
    """Return the peak MiB of this process after one run to T."""
    torch.set_num_threads(workload.threads)
    seconds(workload.network, workload.image, [timesteps])
    return peak_memory()


@torch.inference_mode()
def ann_peak(workload: Workload) -> float:
    """Return the peak MiB of this process after one pass of the ANN."""
    torch.set_num_threads(workload.threads)
    backbone = laid_out(workload.backbone, torch.channels_last)
    backbone(workload.image)
    return peak_memory()


def compare_times(workload: Workload, rounds: int) -> None:
    """Print the paired times and the median of their ratio."""
    pairs = fresh(time_pairs, workload, rounds)
    for grid, alone in pairs:
        print(f"grid {grid:.2f} s, T={GRID[-1]} alone {alone:.2f} s: {grid / alone:.3f}")
    report([grid / alone for grid, alone in pairs], f"time of T={GRID} against T={GRID[-1]}")


def compare_memory(workload: Workload) -> None:
    """Print the peak memory of a long run, a short run and the ANN, and their ratios."""
    peaks = {timesteps: fresh(run_and_peak, workload, timesteps) for timesteps in (SHORT, LONG)}
    ann = fresh(ann_peak, workload)
    for timesteps, peak in peaks.items():
        print(f"T={timesteps}: {peak:.0f} MiB")
    print(f"ANN: {ann:.0f} MiB")
    print(f"{peaks[LONG] / peaks[SHORT]:.3f}: peak memory of T={LONG} against T={SHORT}")
    print(f"{peaks[LONG] / ann:.3f}: peak memory of T={LONG} against the ANN")


def main(
    rounds: Annotated[int, typer.Option(min=1, help="Pairs of measurements.")] = 7,
    threads: Annotated[int, typer.Option(min=1, help="Threads.")] = 2,
    side: Annotated[int, typer.Option(min=16, max=LARGEST_SIDE, help="Pixels a side.")] = 256,
) -> None:
    """Compare a pass over the grid with a run to its largest T, and peak memory as T grows."""
    warn_if_busy()
    with TemporaryDirectory() as folder:
        workload = Workload(Path(folder), side, threads)
        prepare(workload)
        compare_times(workload, rounds)
        compare_memory(workload)


if __name__ == "__main__":
    typer.run(main)
