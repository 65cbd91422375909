"""One cell of the benchmark: a backbone converted by a method, on all images of a set."""

import copy
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypedDict, Unpack

import numpy as np
import PIL
import scipy
import skimage
import torch
from tqdm import tqdm

from spikebench.ann.backbone import ROOT, BackboneSpec, load_backbone, load_backbone_spec
from spikebench.data.index import dataset_sha256
from spikebench.data.leaks import refuse_leak
from spikebench.data.registry import DatasetSpec, load_dataset
from spikebench.data.samples import Sample, samples, selected, subset_label
from spikebench.errors import BenchError
from spikebench.io.checksums import file_sha256
from spikebench.io.journal import Journal, journal_of
from spikebench.metrics.smallest import refuse_small_images
from spikebench.metrics.trunks import Trunk
from spikebench.run.code import code_of
from spikebench.run.config import Device
from spikebench.run.provenance import config_hash, provenance
from spikebench.snn import kernels
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.kernels.device import CPU, chosen, described
from spikebench.snn.method import Method, load_method
from spikebench.snn.model.network import Network
from spikebench.snn.model.serialise import load_networks, refusal
from spikebench.snn.model.tuned import TunedState
from spikebench.stages.restore import Restorer
from spikebench.stages.rows import CellRows

LIBRARIES = (np, PIL, scipy, skimage, torch)
# Columns that say when and by which commit a row was made; they decide no number.
PASSING = {"seconds", "git_commit", "version"}


class CellInputs(TypedDict):
    """The files and settings of one cell; `spikebench.run.jobs` has what is no file.

    `settings` is what the rows' config_hash is taken over, with the state `tuned` if there is one,
    and a device that is not the CPU.
    """

    dataset: str
    dataset_folder: Path
    backbone: str
    weights: Path
    method_file: Path
    method_options: dict[str, Any]
    method_label: str
    calibration: str
    calibration_folder: Path
    converted: Path
    tuned: Path | None
    timesteps: list[int]
    seed: int
    images: int | list[str] | None
    lpips: Trunk | None
    threads: int
    device: Device
    settings: dict[str, Any]


def evaluate_cell(
    *,
    images_out: Path,
    layers_out: Path,
    pictures_out: Path,
    parts: Sequence[Path] = (),
    **inputs: Unpack[CellInputs],
) -> None:
    """Restore every image at every T, measure and count, and write the cell's three tables.

    LPIPS is measured with the trunk `lpips`, or left out. Of a backbone that the method refuses the
    tables are empty.

    Finished images are kept in a journal beside `images_out`: a cell that was killed, even at
    its very end, goes on with the image it was at, unless anything that decides the numbers has
    changed since; `remove_journals` deletes it when the run is collected. Images that stand in
    `parts`, files of `evaluate_part`, are not restored again; the tables are the same.

    Raises `BenchError` where an image of the set is among the calibration images or too small to be
    scored, and, naming the image, where an output is not finite; no table is written then.
    """
    cell = _LoadedCell.of(**inputs)
    journal = Journal(journal_of(images_out.parent), cell.decided, parts)
    rows = CellRows(cell.keys, cell.common)
    for record in cell.records(cell.names, journal):
        rows.add_record(record)
    rows.write(images_out, layers_out, pictures_out)


def evaluate_part(*, images_at: range, output: Path, **inputs: Unpack[CellInputs]) -> None:
    """Restore the cell's images at some positions, and leave their records for `evaluate_cell`.

    Raises what `evaluate_cell` raises.
    """
    cell = _LoadedCell.of(**inputs)
    journal = Journal(journal_of(output.parent, output.stem), cell.decided)
    for _ in cell.records(cell.names[images_at.start : images_at.stop], journal):
        pass
    journal.hand_over(output)


@dataclass(frozen=True)
class _LoadedCell:
    """What restores and measures the images `names`; `decided` is a hash of all that decides.

    `keys` and `common` are the columns that are alike in all rows.
    """

    restorer: Restorer
    source: DatasetSpec
    folder: Path
    keys: dict[str, Any]
    common: dict[str, Any]
    names: list[str]
    decided: str

    @classmethod
    def of(cls, **inputs: Unpack[CellInputs]) -> Self:
        """Load what a cell needs. Raises `BenchError` as `evaluate_cell` says."""
        torch.set_num_threads(inputs["threads"])
        there = chosen(inputs["device"])
        spec = load_backbone_spec(inputs["backbone"])
        restorer = _restorer(spec, there, **inputs)
        source = _test_set(spec, **inputs)
        keys = _keys(source, spec, restorer.method, **inputs)
        common = _common(source, there, **inputs)
        refused = refusal(inputs["converted"])
        return cls(
            restorer=restorer,
            source=source,
            folder=inputs["dataset_folder"],
            keys=keys,
            common=common,
            names=[] if refused else [entry.name for entry in selected(source, inputs["images"])],
            decided=_decided(keys | common, spec, source, **inputs),
        )

    def records(self, names: list[str], journal: Journal) -> Iterator[dict[str, Any]]:
        """Yield the record of each image; those that the journal lacks are restored and added.

        On a device, images of one size are restored together.
        """
        left = [name for name in names if name not in journal.finished]
        task, seed = self.restorer.spec.task, self.keys["seed"]
        todo = samples(self.source, self.folder, task, seed=seed, images=left)
        batches = self.restorer.batches(todo)
        about = " ".join((self.source.name, self.keys["backbone"], self.keys["method"]))
        for name in tqdm(names, desc=about, unit="image"):
            if name not in journal.finished:
                self._restore(next(batches), journal)
            yield journal.finished[name]

    def _restore(self, batch: list[Sample], journal: Journal) -> None:
        rows = [CellRows(self.keys, self.common) for _ in batch]
        names = [sample.name for sample in batch]
        try:
            self.restorer.add(batch, rows)
        except BenchError as error:
            raise BenchError(f"{self.source.name}, image {', '.join(names)}: {error}") from error
        for name, of_image in zip(names, rows, strict=True):
            journal.add(name, of_image.record())


def _restorer(spec: BackboneSpec, there: torch.device, **inputs: Unpack[CellInputs]) -> Restorer:
    """Return what restores an image; it has no networks where the method refuses the backbone."""
    module = load_backbone(spec, inputs["weights"])
    method = load_method(inputs["method_file"], inputs["method_options"])
    converted = inputs["converted"]
    networks = {} if refusal(converted) else load_networks(converted, module)
    return Restorer(
        spec=spec,
        # What compiles graphs for other sizes of images stays where it is.
        module=module if there == CPU else copy.deepcopy(module).to(there),
        graph=Network(compile_graph(module)).to(there).graph,
        method=method,
        networks={time: network.to(there) for time, network in networks.items()},
        timesteps=inputs["timesteps"],
        lpips=inputs["lpips"],
        device=there,
    )


def _test_set(spec: BackboneSpec, **inputs: Unpack[CellInputs]) -> DatasetSpec:
    """Return the data set; raise `BenchError` where its images cannot test the backbone.

    They cannot where it was trained on one of them, one calibrates it, or is too small to be
    scored. What was trained on is known by the list of its files, since a run may lack the images.
    """
    source = load_dataset(inputs["dataset"], fetched=inputs["dataset_folder"])
    refuse_leak(
        load_dataset(inputs["calibration"], fetched=inputs["calibration_folder"]),
        source,
        f"which calibrates {inputs['backbone']}",
    )
    for training, purpose in _trained_on(spec, inputs["tuned"]):
        refuse_leak(load_dataset(training), source, purpose)
    folder, task = inputs["dataset_folder"], spec.task
    refuse_small_images(source, folder, task, [task.protocol], inputs["images"])
    return source


def _trained_on(spec: BackboneSpec, tuned: Path | None) -> Iterator[tuple[str, str]]:
    """Yield each training set behind the weights, and what it was for."""
    if tuned:
        about = TunedState.read(tuned).about
        yield about["settings"]["dataset"], f"on which {about['recipe']} trains {spec.name}"
    if spec.recipe:
        yield spec.recipe.dataset, f"on which {spec.name} was trained"


def _keys(
    source: DatasetSpec, spec: BackboneSpec, method: Method, **inputs: Unpack[CellInputs]
) -> dict[str, Any]:
    return {
        "dataset": subset_label(source, inputs["images"]),
        "backbone": inputs["backbone"],
        "method": inputs["method_label"],
        "seed": inputs["seed"],
        "task": spec.task.label,
        "protocol": spec.task.protocol,
        "family": method.family,
    }


def _common(
    source: DatasetSpec, there: torch.device, **inputs: Unpack[CellInputs]
) -> dict[str, Any]:
    """Return the columns that say where the numbers come from."""
    tuned = inputs["tuned"]
    states = {} if tuned is None else {"tuned": {tuned.stem: file_sha256(tuned)}}
    elsewhere = {} if there == CPU else {"device": there.type}
    columns = provenance(
        method_file=inputs["method_file"],
        weights=inputs["weights"],
        dataset_sha256=dataset_sha256(source, inputs["dataset_folder"]),
        settings=inputs["settings"] | states | elsewhere,
    )
    return {**columns, "threads": torch.get_num_threads(), "device": described(there)}


def _decided(
    columns: dict[str, Any],
    spec: BackboneSpec,
    source: DatasetSpec,
    **inputs: Unpack[CellInputs],
) -> str:
    """Return a hash of all that decides the rows of an image, for the cell's journal."""
    return config_hash(
        {
            "columns": {name: columns[name] for name in columns if name not in PASSING},
            "converted": file_sha256(inputs["converted"]),
            "architecture": code_of(ROOT / f"{spec.architecture}.py").sha256,
            "manifests": [item.model_dump(mode="json") for item in (spec, source)],
            "lpips": inputs["lpips"],
            "kernels": kernels.available(),
            "versions": [platform.python_version(), *(module.__version__ for module in LIBRARIES)],
            "machine": platform.machine(),
        }
    )
