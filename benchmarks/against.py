"""Time and memory of one restoration: other simulators against spikebench, the same network.

Each rival runs the same weights and thresholds, integrate-and-fire neurons with soft reset, in
whichever of its modes is the fastest here; spikebench counts every spike on the way.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import torch
import typer
from torch import Tensor, nn

from benchmarks.rivals import RIVALS, place_neurons, rival
from benchmarks.workload import (
    BACKBONE,
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

AGREEMENT = 1e-3  # largest difference of the outputs, image range 1
CHECKED_SIDE = 64  # double precision is slow
CHECKED_TIMESTEPS = 32  # in fewer no spike comes through to the last layer
WARM_UP = 2  # steps


def run_ours(network: Network, image: Tensor, grid: list[int]) -> Tensor:
    """Return the output at the largest T; one pass gives those of the whole grid."""
    return [recording.output for recording in simulate(network, image, grid)][-1]


def build(workload: Workload, name: str, mode: str, dtype: torch.dtype) -> nn.Module:
    """Return the rival's network: the backbone with the rival's neurons at our thresholds."""
    network, backbone = workload.network, workload.backbone.to(dtype)
    thetas = [network.neurons[site.name].theta.item() for site in network.sites]
    place_neurons(backbone, rival(name), thetas, mode)
    return laid_out(backbone.eval(), _layout(mode))


def _layout(mode: str) -> torch.memory_format:
    return torch.channels_last if mode.endswith("channels-last") else torch.contiguous_format


@torch.inference_mode()
def run_theirs(network: nn.Module, image: Tensor, grid: list[int], name: str, mode: str) -> Tensor:
    """Return the rival's output at the largest T, after a run to each T of the grid."""
    image = image.contiguous(memory_format=_layout(mode))
    outputs = [rival(name).restore(network, image, timesteps, mode) for timesteps in grid]
    return outputs[-1]


def measure_ours(workload: Workload, grid: list[int]) -> tuple[float, float]:
    """Return the seconds and the peak MiB of a restoration by spikebench."""
    torch.set_num_threads(workload.threads)
    network, image = workload.network, workload.image
    run_ours(network, image, [WARM_UP])
    started = time.perf_counter()
    run_ours(network, image, grid)
    return time.perf_counter() - started, peak_memory()


def measure_theirs(
    workload: Workload, grid: list[int], name: str, mode: str
) -> tuple[float, float]:
    """Return the seconds and the peak MiB of a restoration by a rival."""
    torch.set_num_threads(workload.threads)
    network, image = build(workload, name, mode, torch.float32), workload.image
    run_theirs(network, image, [WARM_UP], name, mode)
    started = time.perf_counter()
    run_theirs(network, image, grid, name, mode)
    return time.perf_counter() - started, peak_memory()


def disagreement(workload: Workload, name: str, mode: str) -> float:
    """Return the largest difference of the two outputs in double precision.

    In single precision, sums in another order move single spikes, and a moved spike moves others:
    outputs then differ without any difference in the work done.
    """
    torch.set_num_threads(workload.threads)
    image = workload.image.double()
    restored = run_ours(workload.network.to(torch.float64), image, [CHECKED_TIMESTEPS])
    theirs = build(workload, name, mode, torch.float64)
    return (
        (restored - run_theirs(theirs, image, [CHECKED_TIMESTEPS], name, mode)).abs().max().item()
    )


def fastest_mode(workload: Workload, grid: list[int], name: str) -> str:
    """Try a rival's modes once each, to the largest T, and return the fastest."""
    seconds = {}
    for mode in rival(name).MODES:
        seconds[mode], peak = fresh(measure_theirs, workload, grid[-1:], name, mode)
        print(f"{name}, {mode}: {seconds[mode]:.2f} s, {peak:.0f} MiB", flush=True)
    return min(seconds, key=lambda mode: seconds[mode])


def check_agreement(workload: Workload, name: str, mode: str) -> None:
    """Exit where the two do not compute the same."""
    small = Workload(workload.folder, CHECKED_SIDE, workload.threads, workload.backbone_name)
    difference = fresh(disagreement, small, name, mode)
    print(f"outputs differ by {difference:.1e} at most, in double precision")
    if not difference <= AGREEMENT:
        raise SystemExit(f"more than {AGREEMENT}: the two do not do the same work.")


def measure_pair(
    workload: Workload, grid: list[int], name: str, mode: str, *, ours_first: bool
) -> tuple[float, float]:
    """Print one pair of measurements and return theirs / ours, of time and of memory."""
    if ours_first:
        seconds, peak = fresh(measure_ours, workload, grid)
    their_seconds, their_peak = fresh(measure_theirs, workload, grid, name, mode)
    if not ours_first:
        seconds, peak = fresh(measure_ours, workload, grid)
    print(
        f"spikebench {seconds:.2f} s, {peak:.0f} MiB; {name} {their_seconds:.2f} s, "
        f"{their_peak:.0f} MiB: {their_seconds / seconds:.2f}",
        flush=True,
    )
    return their_seconds / seconds, their_peak / peak


def main(
    name: Annotated[str, typer.Argument(help=f"The rival: {', '.join(RIVALS)}.")],
    grid: Annotated[str, typer.Option(help="T, or several: the rival runs each.")] = "32",
    rounds: Annotated[int, typer.Option(min=1, help="Pairs of measurements.")] = 5,
    threads: Annotated[int, typer.Option(min=1, help="Threads of each.")] = 2,
    side: Annotated[int, typer.Option(min=16, max=LARGEST_SIDE, help="Pixels a side.")] = 256,
    backbone: Annotated[str, typer.Option(help="A file of backbones/.")] = BACKBONE,
) -> None:
    """Compare the time of one restoration, in pairs, and check that both give the same image."""
    warn_if_busy()
    timesteps = sorted(int(time) for time in grid.split(","))
    with TemporaryDirectory() as folder:
        workload = Workload(Path(folder), side, threads, backbone)
        prepare(workload)
        mode = fastest_mode(workload, timesteps, name)
        check_agreement(workload, name, mode)
        pairs = [
            measure_pair(workload, timesteps, name, mode, ours_first=i % 2 == 0)
            for i in range(rounds)
        ]
    times, peaks = zip(*pairs, strict=True)
    what = f"{name} ({mode}) over spikebench, {backbone}, {side} x {side}, T = {grid}"
    report(times, f"time of {what}")
    report(peaks, f"peak memory of {what}")


if __name__ == "__main__":
    typer.run(main)
