"""Train an embedded backbone from its recipe: data set in, weights and loss curve out."""

import csv
import hashlib
from pathlib import Path

import torch

from spikebench.ann.backbone import ROOT, BackboneSpec, build, load_backbone_spec
from spikebench.ann.recipe import Patching
from spikebench.data.index import dataset_sha256
from spikebench.data.leaks import refuse_leak
from spikebench.data.pairs import clean, degraded_and_target
from spikebench.data.registry import DatasetSpec, load_dataset
from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path
from spikebench.io.tensors import save_safetensors
from spikebench.run.catalogue import dataset_names
from spikebench.task import Task
from spikebench.training.loop import train
from spikebench.training.patches import Pair, Patches


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


def training_pairs(recipe: Patching, task: Task, folder: Path) -> list[Pair]:
    """Return the recipe's images as pairs; where `degrade` makes the input, both are clean.

    Raises `BenchError` for a test set, for a set that shares an image with a test set of the same
    task, and where the files are not the ones the recipe pins.
    """
    dataset = _training_set(recipe, task, folder)
    if not task.degrades_patches:
        sides = (
            degraded_and_target(dataset, folder, task, entry, recipe.seed)
            for entry in dataset.targets
        )
        return [Pair(degraded[0], target[0]) for degraded, target in sides]
    images = (clean(dataset, folder, task, entry)[0] for entry in dataset.targets)
    return [Pair(image, image) for image in images]


def write_curve(losses: list[float], file: Path) -> None:
    """Write the loss of every step as CSV, atomically."""
    with atomic_path(file) as temporary, temporary.open("w", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(["step", "loss"])
        rows.writerows(enumerate(losses, start=1))


def _training_set(recipe: Patching, task: Task, folder: Path) -> DatasetSpec:
    """Return the recipe's data set as it lies in `folder`, if it may be trained on."""
    listed = load_dataset(recipe.dataset)
    if listed.role != "train":
        raise BenchError(
            f"The recipe trains on {listed.name}, a {listed.role} set. Name a training set."
        )
    dataset = load_dataset(recipe.dataset, fetched=folder)
    _check_leaks(dataset, task)
    found = dataset_sha256(dataset, folder)
    if found != recipe.dataset_sha256:
        raise BenchError(
            f"{folder} has the content hash {found}, the recipe expects {recipe.dataset_sha256}. "
            f"Fetch {dataset.name} again, or change `dataset_sha256` if the set is meant."
        )
    return dataset


def _check_leaks(training: DatasetSpec, task: Task) -> None:
    """Refuse a set that holds an image of any test set of the same task."""
    for test in map(load_dataset, dataset_names()):
        if test.role == "test" and task.label in test.tasks:
            refuse_leak(training, test, f"to train for {task.label} on")


def _fingerprint(spec: BackboneSpec) -> str:
    """Return a hash of everything that decides the weights, for the checkpoint to carry."""
    decisive = spec.model_dump_json(include={"architecture", "options", "task", "recipe"})
    return hashlib.sha256(decisive.encode()).hexdigest()
