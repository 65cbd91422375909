"""Train an embedded backbone from its recipe: data set in, weights and loss curve out."""

import csv
import hashlib
from pathlib import Path

import torch

from spikebench.ann.backbone import ROOT, BackboneSpec, build, load_backbone_spec
from spikebench.ann.patches import Pair, Patches
from spikebench.ann.recipe import Recipe
from spikebench.ann.train import train
from spikebench.data.hashing import dataset_sha256
from spikebench.data.registry import DatasetSpec, load_dataset
from spikebench.data.samples import degraded_and_target
from spikebench.errors import BenchError
from spikebench.files import atomic_path, save_safetensors
from spikebench.task import Task


def pretrain(*, backbone: str, dataset_folder: Path, output: Path, root: Path = ROOT) -> None:
    """Train `backbone` and write its weights to `output` and the loss curve beside it (.csv).

    An interrupted run goes on from its checkpoint (.checkpoint) when it is started again. The
    same recipe gives the same bits on the same kind of processor. Raises `BenchError` where the
    backbone has no recipe, or the data is not what the recipe names.
    """
    spec = load_backbone_spec(backbone, root)
    recipe = spec.recipe
    if recipe is None:
        raise BenchError(f"{root / backbone}.yaml has no `recipe`: its weights are fetched.")
    torch.set_num_threads(recipe.threads)
    patches = Patches(training_pairs(recipe, spec.task, dataset_folder), spec.task, recipe)
    checkpoint = output.with_suffix(".checkpoint")
    network, losses = train(
        build(spec, root), patches, recipe, checkpoint=checkpoint, fingerprint=_fingerprint(spec)
    )
    save_safetensors(network.state_dict(), output)
    write_curve(losses, output.with_suffix(".csv"))
    checkpoint.unlink(missing_ok=True)


def training_pairs(recipe: Recipe, task: Task, folder: Path) -> list[Pair]:
    """Return the images of the recipe's data set as pairs; for denoising both sides are clean.

    Raises `BenchError` for a test set, and where the files are not the ones the recipe pins.
    """
    dataset = load_dataset(recipe.dataset)
    _check_dataset(dataset, recipe, folder)
    sides = [
        degraded_and_target(dataset, folder, task, entry, recipe.seed) for entry in dataset.targets
    ]
    if task.kind == "denoise":
        return [Pair(target[0], target[0]) for _, target in sides]
    return [Pair(degraded[0], target[0]) for degraded, target in sides]


def write_curve(losses: list[float], file: Path) -> None:
    """Write the loss of every step as CSV, atomically."""
    with atomic_path(file) as temporary, temporary.open("w", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(["step", "loss"])
        rows.writerows(enumerate(losses, start=1))


def _check_dataset(dataset: DatasetSpec, recipe: Recipe, folder: Path) -> None:
    if dataset.role != "train":
        raise BenchError(
            f"The recipe trains on {dataset.name}, a {dataset.role} set. Name a training set."
        )
    found = dataset_sha256(dataset, folder)
    if found != recipe.dataset_sha256:
        raise BenchError(
            f"{folder} has the content hash {found}, the recipe expects {recipe.dataset_sha256}. "
            f"Fetch {dataset.name} again, or change `dataset_sha256` if the set is meant."
        )


def _fingerprint(spec: BackboneSpec) -> str:
    """Return a hash of everything that decides the weights, for the checkpoint to carry."""
    decisive = spec.model_dump_json(include={"architecture", "options", "task", "recipe"})
    return hashlib.sha256(decisive.encode()).hexdigest()
