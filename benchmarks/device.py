"""What a GPU makes of the simulator: parity with the CPU, repeatability, speed, memory.

Prints one JSON object. It is made for a machine on which there is PyTorch and this checkout and
nothing can be installed: what else it needs is looked for in a folder beside the checkout's files
(`--packages`), and named where it is missing. Nothing here or in `on_device` needs data sets or
images.
"""

import argparse
import importlib.util
import json
import platform
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

NEEDED = ("torch", "numpy", "pydantic", "safetensors")
HOLDS, BROKEN, NO_GPU, LACKING = 0, 1, 3, 4  # exit status
DNCNN_S_CPU = 50  # times as fast as our CPU, and as many as SpikingJelly's best: the goals
RIVAL = 2


def missing(packages: Path) -> list[str]:
    """Return what cannot be imported, also from the folder, which is looked in last."""
    sys.path.append(str(packages.absolute()))
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


def how_to_bring(names: list[str], packages: Path) -> str:
    """Return the command that fills the folder on a machine with a package index."""
    version = ".".join(platform.python_version_tuple()[:2])
    return (
        f"python -m pip install --target {packages} --python-version {version} "
        f"--platform manylinux_2_28_x86_64 --only-binary :all: {' '.join(names)}"
    )


class Clock:
    """How much of the time is left."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, below 0 where there are none."""
        return self.end - time.monotonic()


def measured(
    parts: dict[str, Callable[[], Any]], clock: Clock, found: dict[str, Any]
) -> Iterator[str]:
    """Measure part by part into `found`; yield what was skipped for want of time, or failed."""
    for name, part in parts.items():
        if clock.left <= 0:
            yield f"{name}: no time was left"
            continue
        try:
            found[name] = part()
        except Exception as error:  # the other parts are worth having, and the time is lent
            yield f"{name}: {type(error).__name__}: {error}"


def verdict(found: dict[str, Any]) -> dict[str, bool]:
    """Return which of the bounds and goals hold, of those that were measured."""
    said: dict[str, bool] = {}
    if found.get("kernels"):
        said["kernels give PyTorch's bits"] = all(c["same_bits"] for c in found["kernels"])
    if "parity" in found:
        said["psnr within 0.001 dB"] = all(c["psnr_difference"] <= 1e-3 for c in found["parity"])
        said["synops within 0.01 %"] = all(c["synops_difference"] <= 1e-4 for c in found["parity"])
    if "determinism" in found:
        said["repeats itself"] = all(found["determinism"].values())
    speed = found.get("speed", {})
    if "cpu_over_ours" in speed:
        said[f"{DNCNN_S_CPU} times our CPU"] = speed["cpu_over_ours"] >= DNCNN_S_CPU
    if "spikingjelly_over_ours" in speed:
        said[f"{RIVAL} times SpikingJelly"] = speed["spikingjelly_over_ours"] >= RIVAL
    return said


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    options = _options(arguments)
    lacking = missing(options.packages)
    if "torch" in lacking and not options.rehearse:
        print("no GPU: nothing measured (there is no PyTorch)")
        return NO_GPU
    if lacking:
        bring = how_to_bring([name for name in lacking if name != "torch"], options.packages)
        print(json.dumps({"missing": lacking, "bring": bring}))
        return LACKING
    import torch

    if not (options.rehearse or torch.cuda.is_available()):
        print("no GPU: nothing measured")
        return NO_GPU
    return _report(options, "cpu" if options.rehearse else "cuda")


def _report(options: argparse.Namespace, name: str) -> int:
    from benchmarks.on_device import Measurements
    from spikebench.snn.kernels.device import chosen, described

    clock = Clock(options.seconds)
    work = Measurements(chosen(name), options.side, options.steps, clock)
    found: dict[str, Any] = {"device": described(work.device), **work.versions()}
    found["rehearsal"] = options.rehearse  # on the CPU: that it runs, and no number of a GPU
    skipped = list(measured(work.parts(), clock, found))
    found |= {"skipped": skipped, "holds": verdict(found)}
    print(json.dumps(found, indent=1))
    broken = skipped or not all(found["holds"].values())
    return BROKEN if broken and not options.rehearse else HOLDS


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.device", description=__doc__)
    parser.add_argument("--side", type=int, default=256, help="pixels a side")
    parser.add_argument("--steps", type=int, default=32, help="T")
    parser.add_argument("--seconds", type=float, default=240, help="time to measure in")
    parser.add_argument("--packages", type=Path, default=Path("device_packages"))
    parser.add_argument("--rehearse", action="store_true", help="on the CPU, to see that it runs")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
