"""Bring a fine-tuned state that a recipe pins: committed in finetuning/states/, or published."""

import shutil
from pathlib import Path

from spikebench.ann.backbone import ROOT as BACKBONES
from spikebench.ann.backbone import load_backbone_spec
from spikebench.data.fetch.file import fetch_file
from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path
from spikebench.io.checksums import file_sha256
from spikebench.run import catalogue
from spikebench.snn.model.tuned import TunedState
from spikebench.training.finetune.recipe import ROOT, load_recipe, load_recipe_file


def fetch_state(
    *,
    backbone: str,
    recipe: str,
    weights: Path,
    destination: Path,
    root: Path = ROOT,
    backbones: Path = BACKBONES,
) -> None:
    """Write the pinned state of a backbone to `destination`.

    Raises `BenchError` where it cannot be had, is not the pinned bytes, or was made by another
    version of the recipe or from other weights. It is never trained instead.
    """
    pin = load_recipe_file(recipe, root).states[backbone]
    if pin.url:
        fetch_file(pin.url, destination, pin.sha256, pin.bytes)
    else:
        file = root.parent / catalogue.committed_state(recipe, backbone)
        if not file.is_file() or file_sha256(file) != pin.sha256:
            raise BenchError(
                f"{file} is missing or is not the file whose SHA-256 {recipe}.yaml pins. "
                f"Restore it (git checkout -- {file}), or pin the new file if you trained it."
            )
        with atomic_path(destination) as temporary:
            shutil.copyfile(file, temporary)
    try:
        _check(TunedState.read(destination), backbone, recipe, weights, root, backbones)
    except BenchError:
        destination.unlink()
        raise


def _check(
    state: TunedState, backbone: str, recipe: str, weights: Path, root: Path, backbones: Path
) -> None:
    """Raise `BenchError` unless the state is what this recipe makes of these weights."""
    task = load_backbone_spec(backbone, backbones).task.label
    settings = load_recipe(recipe, task, root, backbone=backbone)
    expected = {
        "backbone": backbone,
        "recipe": recipe,
        "recipe_sha256": settings.digest,
        "weights_sha256": file_sha256(weights),
    }
    other = [key for key, value in expected.items() if state.about.get(key) != value]
    if other:
        raise BenchError(
            f"The pinned state of {backbone} by recipe '{recipe}' differs from what the recipe "
            f"would make now in: {', '.join(other)}. Undo the change, or remove the entry from "
            f"`states` in {root / recipe}.yaml to have it trained."
        )
