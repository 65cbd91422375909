"""The options with which a method restores best, by one search of training patches for all.

Every method of benchmarks/options.yaml, ours included, is converted with each of its settings and
judged by its mean PSNR at T = 8 and 16 on patches of the training set that it was not calibrated
on. No test image is seen. Lines of CSV go to standard output as they are found; `--best` reads such
lines and prints each method's best setting over all backbones.
"""

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import pandas as pd
import torch
import typer
from skimage.metrics import peak_signal_noise_ratio
from torch import Tensor, nn

from spikebench.ann.backbone import load_backbone, load_backbone_spec
from spikebench.ann.weights import fetch_weights
from spikebench.data.fetch.dataset import fetch_dataset
from spikebench.data.patches import Patches, calibration_patches
from spikebench.data.registry import load_dataset
from spikebench.errors import BenchError
from spikebench.io.yaml import read_yaml
from spikebench.snn import load_method, simulate

GRIDS = Path("benchmarks/options.yaml")
TRAINING = {"denoise": "train400", "super_resolution": "bsds500_train"}
GRID = (8, 16)
MOST = 9  # settings of a method
CALIBRATING, JUDGING, SIDE = 32, 8, 48  # patches, patches, pixels
COLUMNS = ("backbone", "method", "options", "first", "gap_t8", "gap_t16")


@dataclass(frozen=True)
class Bench:
    """A backbone, the patches that calibrate a method and those that judge it."""

    name: str
    module: nn.Module
    calibrating: Patches
    judging: Patches

    @classmethod
    def of(cls, name: str, folder: Path) -> "Bench":
        """Fetch weights and training images into `folder`."""
        spec, weights = load_backbone_spec(name), folder / f"{name}.safetensors"
        fetch_weights(spec, weights)
        training = load_dataset(TRAINING[spec.task.kind])
        fetch_dataset(training, folder / training.name)
        patches = [
            calibration_patches(
                training, folder / training.name, spec.task, seed=seed, count=count, size=SIDE
            )
            for seed, count in ((0, CALIBRATING), (1, JUDGING))
        ]
        return cls(name, load_backbone(spec, weights), *patches)

    @torch.inference_mode()
    def ann(self) -> float:
        """Return the ANN's mean PSNR in dB."""
        return self.psnr(self.module(self.judging.degraded))

    def psnr(self, restored: Tensor) -> float:
        """Return the mean PSNR in dB of restored patches (N, C, H, W)."""
        pairs = zip(self.judging.target.numpy(), restored.clamp(0, 1).numpy(), strict=True)
        found = [peak_signal_noise_ratio(clean, image, data_range=1) for clean, image in pairs]
        return sum(found) / len(found)

    def gaps(self, method: str, options: dict[str, Any]) -> list[float]:
        """Return the gap in dB to the ANN at each T of `GRID`."""
        converter, ann = load_method(Path(f"methods/{method}.py"), options), self.ann()
        grids = [GRID] if converter.anytime else [(time,) for time in GRID]
        gaps = []
        for grid in grids:
            torch.manual_seed(0)
            network = converter.apply(self.module, self.calibrating.degraded, grid)
            with torch.inference_mode():
                found = simulate(network, self.judging.degraded, list(grid))
                gaps += [self.psnr(recording.output) - ann for recording in found]
        return gaps


def settings(grid: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Yield all combinations of the values of a grid; the first one is the default.

    Raises `BenchError` where they are more than any method may try.
    """
    found = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    if len(found) > MOST:
        raise BenchError(
            f"{GRIDS}: {len(found)} settings of {', '.join(grid)} where {MOST} are allowed. "
            "Leave some out, so that every method has the same budget."
        )
    yield from found


def search(backbones: list[str], methods: list[str]) -> None:
    """Print a line for each backbone, method and setting."""
    out = csv.writer(sys.stdout)
    out.writerow(COLUMNS)
    grids = read_yaml(GRIDS)
    with TemporaryDirectory() as folder:
        for name in backbones:
            bench = Bench.of(name, Path(folder))
            for method in methods or grids:
                for place, options in enumerate(settings(grids[method])):
                    gaps = [f"{gap:.4f}" for gap in bench.gaps(method, options)]
                    out.writerow([name, method, json.dumps(options), place == 0, *gaps])
                    sys.stdout.flush()


def best(file: Path) -> pd.DataFrame:
    """Return for each method the setting with the best mean gap over backbones and T.

    Only settings count that were tried on every backbone that the method was tried on.
    The column `of_the_first` is the mean gap of the first setting, the default.
    """
    found = pd.read_csv(file)
    found["gap"] = found[["gap_t8", "gap_t16"]].mean(axis=1)
    everywhere = found.groupby("method")["backbone"].transform("nunique")
    tried = found.groupby(["method", "options"])["backbone"].transform("nunique")
    found = found[tried == everywhere]
    means = found.groupby(["method", "options"], sort=False)["gap"].mean().reset_index()
    first = means.groupby("method", sort=False)["gap"].first().rename("of_the_first")
    top = means.loc[means.groupby("method", sort=False)["gap"].idxmax()]
    return top.merge(first, on="method").set_index("method")


def main(
    backbones: Annotated[list[str] | None, typer.Argument(help="Names in backbones/.")] = None,
    method: Annotated[list[str] | None, typer.Option(help="Only these methods.")] = None,
    of: Annotated[Path | None, typer.Option("--best", help="A CSV of an earlier search.")] = None,
) -> None:
    """Search the options of every method, or say which were best."""
    if of:
        print(best(of).to_string(float_format="{:.3f}".format))
    else:
        search(backbones or ["dncnn_tiny_s25", "espcn_tiny_x2"], method or [])


if __name__ == "__main__":
    typer.run(main)
