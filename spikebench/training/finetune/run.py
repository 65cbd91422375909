"""Fine-tune one backbone by one recipe: data and weights in, state and curve out."""

import hashlib
from pathlib import Path
from typing import cast

import torch
from torch import Tensor

from spikebench.ann.backbone import ROOT as BACKBONES
from spikebench.ann.backbone import BackboneSpec, load_backbone, load_backbone_spec
from spikebench.errors import BenchError
from spikebench.io.checksums import file_sha256
from spikebench.snn.model.tuned import TunedState
from spikebench.training.finetune.curve import draw_curve, write_curve
from spikebench.training.finetune.heldout import split
from spikebench.training.finetune.loop import tune
from spikebench.training.finetune.network import Tunable
from spikebench.training.finetune.recipe import ROOT, FineTuning, Start, load_recipe
from spikebench.training.patches import Patches
from spikebench.training.pretrain import training_pairs

FIRST = 32  # patches that set the first thresholds


def finetune(
    *,
    backbone: str,
    weights: Path,
    recipe: str,
    dataset_folder: Path,
    output: Path,
    root: Path = ROOT,
    backbones: Path = BACKBONES,
) -> None:
    """Write the fine-tuned state to `output`, and the curve beside it as .csv and .svg.

    An interrupted run goes on from its checkpoint (.checkpoint) when it is started again; on one
    kind of processor the same recipe gives the same bits, times aside. Raises `BenchError` where
    recipe, weights or data do not fit, and where the training fails; the checkpoint then holds the
    last good evaluation.
    """
    spec = load_backbone_spec(backbone, backbones)
    settings = load_recipe(recipe, spec.task.label, root, backbone=backbone)
    _check_sides(spec, settings)
    torch.set_num_threads(settings.threads)
    ann = load_backbone(spec, weights, backbones)
    pairs, held_out = split(
        training_pairs(settings, spec.task, dataset_folder), spec.task, settings
    )
    patches = Patches(pairs, spec.task, settings)
    about = _about(spec, weights, recipe, settings)
    checkpoint = output.with_suffix(".checkpoint")
    levels = settings.activation.levels_at_start
    network = Tunable.of(ann, _first(patches, settings), levels, settings.cpm)
    begun = _begin(network, settings, root / "states" / backbone) if settings.start else 0
    trained = tune(
        network,
        ann,
        patches,
        held_out,
        settings,
        checkpoint=checkpoint,
        fingerprint=hashlib.sha256(repr(about).encode()).hexdigest(),
        begun=begun,
    )
    kept, curve = trained.kept, trained.curve
    reached = {key: kept[key] for key in ("step", "held_out_psnr", "held_out_psnr_ann", "energy")}
    seen = {"images": curve[-1]["images"], "reached": reached}
    if settings.last:
        seen["phases"] = trained.phases  # steps
    TunedState.of(
        network.graph, network.thresholds, about | seen, pixel_map=network.pixel_map
    ).write(output)
    write_curve(curve, output.with_suffix(".csv"))
    draw_curve(curve, f"{spec.title}, {recipe}", output.with_suffix(".svg"))
    checkpoint.unlink(missing_ok=True)


def _check_sides(spec: BackboneSpec, recipe: FineTuning) -> None:
    for key in ("patch", "held_out_size"):
        if getattr(recipe, key) % spec.multiple:
            raise BenchError(
                f"`{key}` is {getattr(recipe, key)}, and the sides of what {spec.name} is given "
                f"must be multiples of {spec.multiple}. Change it in the recipe."
            )


def _begin(network: Tunable, recipe: FineTuning, folder: Path) -> int:
    """Give `network` the state in `folder` that the recipe starts from; return the steps it had.

    Raises `BenchError` where it is missing, is not the pinned bytes, or does not fit.
    """
    start = cast(Start, recipe.start)
    file = folder / f"{start.recipe}.safetensors"
    if not file.is_file() or file_sha256(file) != start.sha256:
        raise BenchError(
            f"{file} is missing or is not the file whose SHA-256 `start` pins. Restore it, or pin "
            "the state that you mean."
        )
    state = TunedState.read(file)
    if state.output or state.about["settings"]["seed"] != recipe.seed:
        raise BenchError(
            f"{file} has a spiking output, which is not trained on, or another `seed` than "
            f"{recipe.seed}, so that it was trained on what is held out here. Start from another."
        )
    state.load_into(network.graph)
    for site, theta in network.log_thresholds.items():
        theta.data = state.thresholds[site].log()
    return int(state.about["reached"]["step"])


def _first(patches: Patches, recipe: FineTuning) -> Tensor:
    """Return degraded patches that no step of the training draws."""
    batches = range(-(-FIRST // recipe.batch))
    return torch.cat([patches.batch(recipe.steps + index)[0] for index in batches])


def _about(spec: BackboneSpec, weights: Path, recipe: str, settings: FineTuning) -> dict:
    """Return everything that decides a state, for the state to carry."""
    return {
        "backbone": spec.name,
        "weights_sha256": file_sha256(weights),
        "dataset_sha256": settings.dataset_sha256,
        "recipe": recipe,
        "recipe_sha256": settings.digest,
        "settings": settings.written,
    }
