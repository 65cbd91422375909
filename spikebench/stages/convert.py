"""One conversion: a backbone, a method, a seed; one file out."""

from pathlib import Path
from typing import Any

import torch

from spikebench.ann.backbone import BackboneSpec, load_backbone, load_backbone_spec
from spikebench.ann.sides import explained_by_sides
from spikebench.data.patches import calibration_patches
from spikebench.data.registry import load_dataset
from spikebench.errors import BenchError, Refusal
from spikebench.io.checksums import file_sha256
from spikebench.run.config import Device
from spikebench.snn.graph.agreement import check_agreement
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.kernels.device import CPU, chosen
from spikebench.snn.method import load_method
from spikebench.snn.model.readouts import Mean
from spikebench.snn.model.readouts import readout as build_readout
from spikebench.snn.model.serialise import ANYTIME, save_networks, save_refusal
from spikebench.snn.model.tuned import TunedState


def convert(
    *,
    backbone: str,
    weights: Path,
    method_file: Path,
    method_options: dict[str, Any],
    method_label: str,
    calibration: str,
    calibration_folder: Path,
    patches: int,
    size: int,
    timesteps: list[int],
    readout: str | dict[str, int],
    seed: int,
    output: Path,
    tuned: Path | None = None,
    device: Device = "cpu",
) -> None:
    """Convert `backbone` by one method and write the network, or one for each T, to `output`.

    `patches` training patches of `size` pixels a side calibrate it; `tuned` is the fine-tuned state
    that the method asks for, of the same weights; `device` is where it is calibrated. Raises
    `BenchError`, prefixed
    by method and backbone, for anything that is wrong; nothing is written then. Where the method
    refuses this backbone, its reason is written in place of a network.
    """
    spec = load_backbone_spec(backbone)
    module = load_backbone(spec, weights)
    try:
        method = load_method(method_file, method_options)
        state = None if tuned is None else state_of(backbone, weights, tuned)
        source = load_dataset(calibration, fetched=calibration_folder)
        _check_size(size, spec)
        training = calibration_patches(
            source, calibration_folder, spec.task, seed=seed, count=patches, size=size
        )
        with explained_by_sides(spec, module, training.degraded):
            check_agreement(module, compile_graph(module), training.degraded[:1])
        torch.manual_seed(seed)
        calibrating = training.degraded.to(chosen(device, strict=False))
        grids = [tuple(timesteps)] if method.anytime else [(t,) for t in timesteps]
        networks = {
            ANYTIME if method.anytime else grid[0]: method.apply(
                module, calibrating, grid, _checked(readout, grid), state
            ).to(CPU)
            for grid in grids
        }
    except Refusal as refusal:
        save_refusal(str(refusal), output)
        return
    except BenchError as error:
        raise BenchError(f"Converting {backbone} by '{method_label}': {error}") from error
    save_networks(networks, output)


def state_of(backbone: str, weights: Path, file: Path) -> TunedState:
    """Read a fine-tuned state; raise `BenchError` where it did not start from these weights."""
    state = TunedState.read(file)
    if (state.about["backbone"], state.about["weights_sha256"]) != (backbone, file_sha256(weights)):
        raise BenchError(
            f"{file} was fine-tuned from other weights of {state.about['backbone']}. Train it "
            f"again from {weights}: delete it and run `snakemake --cores 1 {file}`."
        )
    return state


def _checked(option: str | dict[str, int], grid: tuple[int, ...]) -> Mean:
    """Return the config's readout; raise `BenchError` for a T that its delay leaves empty."""
    chosen = build_readout(option)
    for time in grid:
        chosen.total(time)
    return chosen


def _check_size(size: int, spec: BackboneSpec) -> None:
    if size % spec.multiple:
        raise BenchError(
            f"calibration patches of {size} pixels do not fit this backbone: its input needs sides "
            f"that are multiples of {spec.multiple}. Change `calibration.size`."
        )
