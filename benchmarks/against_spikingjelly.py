"""Time of one restoration: SpikingJelly 2 against spikebench, the same network on the same image.

SpikingJelly runs its own rate-coding conversion, in whichever of its modes is the fastest here.
"""

import math
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import torch
import typer
from spikingjelly.activation_based import ann2snn, functional
from torch import Tensor, nn

from benchmarks.workload import LARGEST_SIDE, Workload, fresh, prepare, report, warn_if_busy
from spikebench.snn import IF, Network, simulate

MODES = {
    "single-step": ("s", torch.contiguous_format),
    "single-step channels-last": ("s", torch.channels_last),
    "multi-step": ("m", torch.contiguous_format),
    "multi-step channels-last": ("m", torch.channels_last),
}
AGREEMENT = 1e-3  # largest difference of the outputs, image range 1
CHECKED_SIDE = 64  # double precision is slow
CHECKED_TIMESTEPS = 32  # in fewer no spike comes through to the last layer
WARM_UP = 2  # steps


class GivenThresholds(ann2snn.RateCodingRecipe):
    """SpikingJelly's rate coding with our thresholds in place of its calibration."""

    def __init__(self, thetas: list[float]) -> None:
        super().__init__(dataloader=[])
        self.thetas = thetas

    def calibrate(self, converter: ann2snn.Converter, fx_model: nn.Module) -> nn.Module:
        hooks = [module for name, module in fx_model.named_modules() if "voltage_hook" in name]
        for hook, theta in zip(hooks, self.thetas, strict=True):
            hook.scale = torch.tensor(theta)
        return fx_model


def dyadic(network: Network) -> list[float]:
    """Round the thresholds to powers of two, in place, and return them in execution order.

    SpikingJelly divides by a threshold and multiplies back; only so are both networks the same.
    """
    thetas = [2.0 ** round(math.log2(network.neurons[site.name].theta)) for site in network.sites]
    for site, theta in zip(network.sites, thetas, strict=True):
        network.place(site, IF(torch.tensor(theta)))
    return thetas


def convert(workload: Workload, mode: str, dtype: torch.dtype = torch.float32) -> nn.Module:
    """Return SpikingJelly's conversion of the same backbone at the same thresholds."""
    recipe = GivenThresholds(dyadic(workload.network))
    network = ann2snn.Converter(recipe=recipe).convert(workload.backbone.to(dtype))
    step_mode, layout = MODES[mode]
    functional.set_step_mode(network, step_mode)
    return network.to(memory_format=layout)


def run_theirs(network: nn.Module, image: Tensor, timesteps: int, mode: str) -> Tensor:
    """Return the mean output of SpikingJelly's network, started at rest."""
    step_mode, layout = MODES[mode]
    image = image.contiguous(memory_format=layout)
    functional.reset_net(network)
    with torch.inference_mode():
        if step_mode == "m":
            return network(image.expand(timesteps, *image.shape)).mean(0)
        total = torch.zeros_like(image)
        for _ in range(timesteps):
            total += network(image)
        return total / timesteps


def run_ours(network: Network, image: Tensor, timesteps: int) -> Tensor:
    """Return the output of our simulator; it counts every spike on the way."""
    (recording,) = simulate(network, image, [timesteps])
    return recording.output


def time_ours(workload: Workload, timesteps: int) -> float:
    """Return the seconds of one restoration by spikebench."""
    torch.set_num_threads(workload.threads)
    network, image = workload.network, workload.image
    dyadic(network)
    run_ours(network, image, WARM_UP)
    started = time.perf_counter()
    run_ours(network, image, timesteps)
    return time.perf_counter() - started


def time_theirs(workload: Workload, timesteps: int, mode: str) -> float:
    """Return the seconds of one restoration by SpikingJelly."""
    torch.set_num_threads(workload.threads)
    network, image = convert(workload, mode), workload.image
    run_theirs(network, image, WARM_UP, mode)
    started = time.perf_counter()
    run_theirs(network, image, timesteps, mode)
    return time.perf_counter() - started


def disagreement(workload: Workload, mode: str) -> float:
    """Return the largest difference of the two outputs in double precision.

    In single precision, sums in another order move single spikes, and a moved spike moves others:
    outputs then differ without any difference in the work done.
    """
    torch.set_num_threads(workload.threads)
    ours, image = workload.network, workload.image.double()
    dyadic(ours)
    restored = run_ours(ours.to(torch.float64), image, CHECKED_TIMESTEPS)
    theirs = convert(workload, mode, torch.float64)
    return (restored - run_theirs(theirs, image, CHECKED_TIMESTEPS, mode)).abs().max().item()


def fastest_mode(workload: Workload, timesteps: int) -> str:
    """Try SpikingJelly's modes once each and return the fastest."""
    seconds = {mode: fresh(time_theirs, workload, timesteps, mode) for mode in MODES}
    for mode, taken in seconds.items():
        print(f"SpikingJelly, {mode}: {taken:.2f} s")
    return min(seconds, key=seconds.get)


def check_agreement(workload: Workload, mode: str) -> None:
    """Exit where the two do not compute the same."""
    small = Workload(workload.folder, CHECKED_SIDE, workload.threads)
    difference = fresh(disagreement, small, mode)
    print(f"outputs differ by {difference:.1e} at most, in double precision")
    if not difference <= AGREEMENT:
        raise SystemExit(f"more than {AGREEMENT}: the two do not do the same work.")


def time_pair(workload: Workload, timesteps: int, mode: str, *, ours_first: bool) -> float:
    """Print one pair of times and return theirs / ours."""
    if ours_first:
        ours = fresh(time_ours, workload, timesteps)
    theirs = fresh(time_theirs, workload, timesteps, mode)
    if not ours_first:
        ours = fresh(time_ours, workload, timesteps)
    print(f"spikebench {ours:.2f} s, SpikingJelly {theirs:.2f} s: {theirs / ours:.2f}")
    return theirs / ours


def main(
    rounds: Annotated[int, typer.Option(min=1, help="Pairs of measurements.")] = 7,
    threads: Annotated[int, typer.Option(min=1, help="Threads of each.")] = 2,
    side: Annotated[int, typer.Option(min=16, max=LARGEST_SIDE, help="Pixels a side.")] = 256,
    timesteps: Annotated[int, typer.Option(min=1, help="T.")] = 32,
) -> None:
    """Compare the time of one restoration, in pairs, and check that both give the same image."""
    warn_if_busy()
    with TemporaryDirectory() as folder:
        prepare(Path(folder))
        workload = Workload(Path(folder), side, threads)
        mode = fastest_mode(workload, timesteps)
        check_agreement(workload, mode)
        ratios = [
            time_pair(workload, timesteps, mode, ours_first=i % 2 == 0) for i in range(rounds)
        ]
    report(ratios, f"how many times faster than SpikingJelly ({mode}) spikebench is")


if __name__ == "__main__":
    typer.run(main)
