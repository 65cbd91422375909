"""What a network whose layers wait costs against its ANN: many steps, and one pass of values."""

import time
from collections.abc import Callable
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
    prepare,
    report,
    warn_if_busy,
)
from spikebench.snn import simulate

BACKBONE = "dncnn_tiny_s25"


@torch.inference_mode()
def time_pairs(workload: Workload, levels: int, rounds: int) -> list[tuple[float, float]]:
    """Return pairs of processor seconds, (all windows, one pass of the ANN), in turn.

    Both run in one process, after a round that is not timed.
    """
    torch.set_num_threads(workload.threads)
    network, image = workload.network, workload.image
    backbone = laid_out(workload.backbone, torch.channels_last)
    pairs = []
    for _ in range(rounds + 1):
        waits = _seconds(lambda: list(simulate(network, image, [levels])))
        pairs.append((waits, _seconds(lambda: backbone(image))))
    return pairs[1:]


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def main(
    method: Annotated[str, typer.Option(help="A file of methods/ whose layers wait.")] = "ttfs",
    levels: Annotated[int, typer.Option(min=1, help="T, its levels.")] = 128,
    rounds: Annotated[int, typer.Option(min=1, help="Pairs of measurements.")] = 7,
    threads: Annotated[int, typer.Option(min=1, help="Threads.")] = 1,
    side: Annotated[int, typer.Option(min=16, max=LARGEST_SIDE, help="Pixels a side.")] = 256,
    backbone: Annotated[str, typer.Option(help="A file of backbones/.")] = BACKBONE,
) -> None:
    """Compare a run of all windows with the ANN, in processor time."""
    warn_if_busy()
    with TemporaryDirectory() as folder:
        workload = Workload(Path(folder), side, threads, backbone, method)
        prepare(workload, timesteps=(levels,))
        pairs = fresh(time_pairs, workload, levels, rounds)
    for waits, ann in pairs:
        print(f"{method} with {levels} levels {waits:.2f} s, ANN {ann:.2f} s: {waits / ann:.2f}")
    report([waits / ann for waits, ann in pairs], f"time of {method} against the ANN")


if __name__ == "__main__":
    typer.run(main)
