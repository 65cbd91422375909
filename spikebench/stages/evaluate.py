"""One cell of the benchmark: a backbone converted by a method, on all images of a set."""

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, TypedDict, Unpack

import numpy as np
import PIL
import scipy
import skimage
import torch
from pydantic import BaseModel
from torch import Tensor, nn
from tqdm import tqdm

from spikebench.ann.backbone import ROOT, BackboneSpec, load_backbone, load_backbone_spec
from spikebench.ann.macs import dense_macs
from spikebench.data.degrade import pad_to_multiple
from spikebench.data.leaks import refuse_leak
from spikebench.data.registry import DatasetSpec, load_dataset
from spikebench.data.samples import Sample, samples, selected, subset_label
from spikebench.errors import BenchError
from spikebench.io.checksums import file_sha256
from spikebench.io.journal import Journal
from spikebench.metrics.image import measure
from spikebench.metrics.perceptual import Trunk
from spikebench.run.provenance import config_hash
from spikebench.snn import kernels
from spikebench.snn.engine.ann_counts import count_ann
from spikebench.snn.engine.simulate import simulate
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.forward import run_ann
from spikebench.snn.graph.nodes import Graph
from spikebench.snn.method import Method, Reference, load_method
from spikebench.snn.model.network import Network
from spikebench.snn.model.recording import Recording
from spikebench.snn.model.serialise import ANYTIME, load_networks, refusal
from spikebench.stages.rows import Baseline, CellRows, Outcome
from spikebench.task import Task

LIBRARIES = (np, PIL, scipy, skimage, torch)
# Columns that say when and by which commit a row was made; they decide no number.
PASSING = {"seconds", "git_commit", "version"}


class CellInputs(TypedDict):
    """The files and settings of one cell; `spikebench.run.jobs` has what is no file."""

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
    timesteps: list[int]
    seed: int
    images: int | list[str] | None
    lpips: Trunk | None
    threads: int
    provenance: dict[str, str]


def evaluate_cell(
    *,
    images_out: Path,
    layers_out: Path,
    pictures_out: Path,
    parts: Sequence[Path] = (),
    **inputs: Unpack[CellInputs],
) -> None:
    """Restore every image at every T, measure and count, and write the cell's three tables.

    An image is padded for a backbone that needs sides of some multiple, and what it restores is cut
    to size again; counts are of the padded image. LPIPS is measured with the trunk `lpips`, or left
    out. Of a backbone that the method refuses the tables are empty.

    Finished images are kept in journal.jsonl beside `images_out`: a cell that was killed, even at
    its very end, goes on with the image it was at, unless anything that decides the numbers has
    changed since; `remove_journals` deletes it when the run is collected. Images that stand in
    `parts`, files of `evaluate_part`, are not restored again; the tables are the same.

    Raises `BenchError` where an image of the set is among the calibration images, and, naming the
    image, where an output is not finite; no table is written then.
    """
    cell = _Cell.of(**inputs)
    journal = Journal(images_out.with_name("journal.jsonl"), cell.decided, parts)
    rows = CellRows(cell.keys, cell.common)
    for record in cell.records(cell.names, journal):
        rows.add_record(record)
    rows.write(images_out, layers_out, pictures_out)


def evaluate_part(*, images_at: range, output: Path, **inputs: Unpack[CellInputs]) -> None:
    """Restore the cell's images at some positions, and leave their records for `evaluate_cell`.

    Raises what `evaluate_cell` raises.
    """
    cell = _Cell.of(**inputs)
    journal = Journal(output.with_name(f"{output.stem}.journal.jsonl"), cell.decided)
    for _ in cell.records(cell.names[images_at.start : images_at.stop], journal):
        pass
    journal.hand_over(output)


def _test_set(**inputs: Unpack[CellInputs]) -> DatasetSpec:
    """Return the data set; raise `BenchError` where an image of it calibrates the backbone."""
    source = load_dataset(inputs["dataset"], fetched=inputs["dataset_folder"])
    refuse_leak(
        load_dataset(inputs["calibration"], fetched=inputs["calibration_folder"]),
        source,
        f"which calibrates {inputs['backbone']}",
    )
    return source


def _names(source: DatasetSpec, **inputs: Unpack[CellInputs]) -> dict[str, Any]:
    return {
        "dataset": subset_label(source, inputs["images"]),
        "backbone": inputs["backbone"],
        "method": inputs["method_label"],
        "seed": inputs["seed"],
    }


def _decided(
    columns: dict[str, Any], files: list[Path], manifests: list[BaseModel], lpips: Trunk | None
) -> str:
    """Return a hash of all that decides the rows of an image, for the cell's journal."""
    return config_hash(
        {
            "columns": {name: columns[name] for name in columns if name not in PASSING},
            "files": [file_sha256(file) for file in files],
            "manifests": [manifest.model_dump(mode="json") for manifest in manifests],
            "lpips": lpips,
            "kernels": kernels.available(),
            "versions": [platform.python_version(), *(module.__version__ for module in LIBRARIES)],
            "machine": platform.machine(),
        }
    )


@dataclass(frozen=True)
class _Cell:
    """What restores and measures the images `names`; `decided` is a hash of all that decides."""

    spec: BackboneSpec
    module: nn.Module
    graph: Graph
    method: Method
    networks: dict[int, Network]
    timesteps: list[int]
    lpips: Trunk | None
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
        spec = load_backbone_spec(inputs["backbone"])
        module = load_backbone(spec, inputs["weights"])
        converted, lpips = inputs["converted"], inputs["lpips"]
        refused = refusal(converted)
        source = _test_set(**inputs)
        method = load_method(inputs["method_file"], inputs["method_options"])
        keys = {
            **_names(source, **inputs),
            **{"task": spec.task.kind, "protocol": spec.task.protocol, "family": method.family},
        }
        common = {**inputs["provenance"], "threads": torch.get_num_threads(), "device": "cpu"}
        files = [converted, ROOT / f"{spec.architecture}.py"]
        return cls(
            spec=spec,
            module=module,
            graph=compile_graph(module),
            method=method,
            networks={} if refused else load_networks(converted, module),
            timesteps=inputs["timesteps"],
            lpips=lpips,
            source=source,
            folder=inputs["dataset_folder"],
            keys=keys,
            common=common,
            names=[] if refused else [entry.name for entry in selected(source, inputs["images"])],
            decided=_decided(keys | common, files, [spec, source], lpips),
        )

    def records(self, names: list[str], journal: Journal) -> Iterator[dict[str, Any]]:
        """Yield the record of each image; those that the journal lacks are restored and added."""
        left = [name for name in names if name not in journal.finished]
        seed = self.keys["seed"]
        todo = samples(self.source, self.folder, self.spec.task, seed=seed, images=left)
        about = " ".join((self.source.name, self.keys["backbone"], self.keys["method"]))
        for name in tqdm(names, desc=about, unit="image"):
            if name not in journal.finished:
                rows = self.rows(next(todo), self.source.name, CellRows(self.keys, self.common))
                journal.add(name, rows.record())
            yield journal.finished[name]

    def rows(self, sample: Sample, dataset: str, rows: CellRows) -> CellRows:
        """Add the image at every T to `rows`. Raises `BenchError` naming data set and image."""
        task = self.spec.task
        try:
            image = pad_to_multiple(sample.degraded, self.spec.multiple)
            baseline = _baseline(self.module, self.graph, image, sample, task)
            for outcome in _outcomes(
                self.method, self.networks, image, sample, baseline, self.timesteps
            ):
                scores = measure(
                    outcome.output,
                    sample.target,
                    task.protocol,
                    scale=task.scale,
                    trunk=self.lpips,
                )
                rows.add(sample, outcome, scores, baseline)
        except BenchError as error:
            raise BenchError(f"{dataset}, image {sample.name}: {error}") from error
        return rows


def _baseline(
    module: nn.Module, graph: Graph, image: Tensor, sample: Sample, task: Task
) -> Baseline:
    padded, counts = count_ann(graph, image)
    output = _cropped(padded, sample)
    return Baseline(
        output=output,
        macs_dense=dense_macs(module, image),
        counts=counts,
        psnr=measure(output, sample.target, task.protocol, scale=task.scale).psnr,
        psnr_input=measure(sample.floor, sample.target, task.protocol, scale=task.scale).psnr,
    )


def _cropped(padded: Tensor, sample: Sample) -> Tensor:
    height, width = sample.target.shape[-2:]
    return padded[..., :height, :width]


def _outcomes(
    method: Method,
    networks: dict[int, Network],
    image: Tensor,
    sample: Sample,
    baseline: Baseline,
    timesteps: list[int],
) -> Iterator[Outcome]:
    if isinstance(method, Reference):
        ran_ann = False

        def ann(degraded: Tensor) -> Tensor:
            nonlocal ran_ann
            ran_ann = True
            return baseline.output

        output = method.restore(ann, sample.degraded, sample.floor)
        (network,) = networks.values()
        decoded = _decoded(network, image) if ran_ann else None
        yield Outcome.of_reference(output, baseline.counts, ran=ran_ann, decoded=decoded)
        return
    for recording in _recordings(networks, image, timesteps):
        outcome = Outcome.of_recording(recording)
        yield replace(outcome, output=_cropped(outcome.output, sample))


def _decoded(network: Network, image: Tensor) -> Tensor | None:
    """Return the values of the ANN's output layer, None where it has several last synapses."""
    layer = network.output_layer
    return None if layer is None else run_ann(network.graph.until(layer), image)


def _recordings(
    networks: dict[int, Network], image: Tensor, timesteps: list[int]
) -> Iterator[Recording]:
    if ANYTIME in networks:
        yield from simulate(networks[ANYTIME], image, timesteps)
        return
    for time in timesteps:
        yield from simulate(networks[time], image, [time])
