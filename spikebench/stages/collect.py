"""Merge the cells of a run into its tables, and write down what the run was."""

import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from spikebench import __version__
from spikebench.ann.backbone import load_backbone_spec
from spikebench.ann.described_graph import described_graph
from spikebench.data.index import pin_statement
from spikebench.data.registry import INDEX, load_dataset
from spikebench.errors import BenchError
from spikebench.io.bibliography import bibtex
from spikebench.metrics.trunks import Trunk, reason_without, source_of
from spikebench.results.columns.description import METHODS, RUN
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.layers import LAYERS
from spikebench.results.columns.pictures import PICTURES, SHOWN_PICTURES
from spikebench.results.columns.training import TRAINING
from spikebench.results.devices import is_processor, mixed_devices
from spikebench.results.frames import records
from spikebench.results.shards import collect, merge, write_shard
from spikebench.run import catalogue, paths
from spikebench.run.cell import whole_set
from spikebench.run.config import RunConfig
from spikebench.run.provenance import git_commit
from spikebench.run.sources import method_hash
from spikebench.snn import kernels
from spikebench.snn.method import load_method
from spikebench.snn.model.serialise import refusal
from spikebench.stages.learning import learning_rows
from spikebench.stages.pictures import shown_pictures


def collect_run(
    config: RunConfig,
    *,
    images: Sequence[Path],
    layers: Sequence[Path],
    pictures: Sequence[Path],
    converted: Sequence[Path],
    data: Path,
    output: Path,
    failures: Sequence[dict[str, Any]] = (),
    states: Sequence[Path] = (),
    curves: Sequence[Path] = (),
) -> None:
    """Write images, layers, pictures, methods, training and run.parquet into the folder `output`.

    `converted` are the files of the conversions, `data` holds the fetched data sets, a folder
    each; `states` are the fine-tuned states of the rows and `curves` those of their training, as
    `learning_rows` takes them. The first three tables merge the shards named; see
    `results.shards.collect` for what is refused. `failures` describe the cells that are left out,
    as `spikebench.run.failures` does; a row of them whose file cannot be loaded is not among the
    methods.
    """
    found = collect(images, output / "images.parquet", IMAGES)
    collect(layers, output / "layers.parquet", LAYERS)
    _write_pictures(config, found, pictures, output / "pictures.parquet")
    write_shard(output / "methods.parquet", _methods(config, failures), METHODS)
    devices = found.select(["dataset", "backbone", "device"]).to_pylist()
    write_shard(output / "training.parquet", learning_rows(states, curves), TRAINING)
    write_shard(output / "run.parquet", [_run(config, data, converted, failures, devices)], RUN)


def _write_pictures(
    config: RunConfig, images: pa.Table, shards: Sequence[Path], output: Path
) -> None:
    """Write the crops that the run shows; see `shown_pictures` for the rule."""
    found = merge(shards, output, PICTURES).to_pandas()
    shown = shown_pictures(found, images.to_pandas(), _wanted(config, images))
    write_shard(output, records(shown), SHOWN_PICTURES)


def _wanted(config: RunConfig, images: pa.Table) -> dict[tuple[str, str], int]:
    """Return how many pictures each board shows, by (data set as the tables name it, backbone).

    What a part of a set is called was found where it was measured: only there, and not in the list
    of its files, which a set may lack, is it known which images it has.
    """
    asked = {(data, net): benchmark.pictures for data, net, benchmark in config.pairs()}
    boards = images.select(["dataset", "backbone"]).group_by(["dataset", "backbone"]).aggregate([])
    return {
        (dataset, backbone): asked[whole_set(dataset), backbone]
        for dataset, backbone in (board.values() for board in boards.to_pylist())
    }


def _methods(config: RunConfig, failures: Sequence[dict[str, Any]]) -> list[dict[str, str | None]]:
    """Describe the rows of the config, but for those that failed since their file is no method."""
    failed = {failure["method"] for failure in failures}
    described = []
    for label in config.methods:
        try:
            described.append(_method(config, label))
        except BenchError:  # which the failure says
            if label not in failed:
                raise
    return described


def _method(config: RunConfig, label: str) -> dict[str, str | None]:
    """Describe one row of the config; its summary is the first two paragraphs of its file."""
    file = catalogue.method_file(config.method_name(label), config.method_paths)
    options = config.methods[label].options
    method = load_method(file, options)
    name = config.methods[label].title or short_name(method.title, options)
    opening = method.documentation.split("\n\n")[:2]
    settings = {option: getattr(method, option) for option in method.options()}
    return {
        "method": label,
        "name": name,
        "title": method.title,
        "family": method.family,
        "citation": method.citation,
        "bibtex": bibtex(method.citation),
        "anytime": json.dumps(method.anytime),
        "summary": " ".join(" ".join(opening).split()),
        "remark": config.methods[label].remark,
        "documentation": method.documentation,
        "options": json.dumps(options),
        "settings": json.dumps(settings),
        "source": file.as_posix(),
        "method_hash": method_hash(file),
    }


def short_name(title: str, options: dict[str, Any]) -> str:
    """Return a name fit for a chart: the title without its parenthesis, then the options."""
    words = [title.split(" (")[0], *(_in_words(name, value) for name, value in options.items())]
    return ", ".join(words)


def _in_words(name: str, value: object) -> str:
    words = name.replace("_", " ")
    if isinstance(value, bool):
        return words if value else f"no {words}"
    return f"{words} {value}"


def _run(
    config: RunConfig,
    data: Path,
    converted: Sequence[Path],
    failures: Sequence[dict[str, Any]],
    devices: Sequence[Mapping[str, str]],
) -> dict[str, str]:
    fetched = {dataset for dataset, _, _ in config.pairs() if (data / dataset / INDEX).is_file()}
    backbones = sorted({backbone for _, backbone, _ in config.pairs()})
    return {
        "run": config.run,
        "config": yaml.safe_dump(
            config.model_dump(mode="json", exclude={"energy_models", "images_per_job"}),
            sort_keys=False,
        ),
        "timesteps": json.dumps(config.timesteps),
        "base_seed": str(config.seed),
        "benchmarks": json.dumps([item.model_dump(mode="json") for item in config.benchmarks]),
        "datasets": json.dumps({name: _dataset(config, name, data) for name in sorted(fetched)}),
        "backbones": json.dumps({name: _backbone(name) for name in backbones}),
        "refusals": json.dumps([_refusal(file) for file in converted if refusal(file)]),
        "failures": json.dumps(list(failures)),
        "notes": json.dumps(
            [
                _lpips(config.lpips),
                _engine({row["device"] for row in devices}),
                *mixed_devices(devices),
            ]
        ),
        "git_commit": git_commit(),
        "version": __version__,
        "python": platform.python_version(),
        "torch_version": version("torch"),
        "platform": platform.platform(terse=True),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _refusal(file: Path) -> dict[str, str]:
    """Return who refused what and why, of a conversion's file."""
    backbone, method = paths.converted_by(file)
    return {"backbone": backbone, "method": method, "reason": refusal(file)}


def _lpips(trunk: Trunk) -> str:
    return reason_without(trunk) or (
        f"LPIPS is measured through {source_of(trunk)}; grey is repeated on three channels."
    )


def _engine(devices: Iterable[str]) -> str:
    """Say what simulates where the run is collected: all engines agree up to rounding."""
    others = sorted(device for device in devices if not is_processor(device))
    if others:
        return f"Simulated on {'; '.join(others)}."
    if kernels.available():
        return "Simulated with the compiled kernels."
    return "Simulated by PyTorch alone, slowly: no C compiler was there to compile the kernels."


def _dataset(config: RunConfig, name: str, data: Path) -> dict[str, Any]:
    fields = {"title", "role", "images", "licence", "citation", "notes"}
    listed, fetched = load_dataset(name), load_dataset(name, fetched=data / name)
    pins = pin_statement(listed, fetched, provided=name in config.provided)
    described = listed.model_dump(mode="json", include=fields)
    return described | {"pins": pins, "bibtex": bibtex(listed.citation)}


def _backbone(name: str) -> dict[str, Any]:
    fields = {"title", "architecture", "options", "task", "citation", "licence", "weights"}
    fields |= {"published", "measured"}
    spec = load_backbone_spec(name)
    described = spec.model_dump(mode="json", include=fields)
    if spec.weights.file and not spec.weights.embedded:
        described["weights"]["file"] = Path(spec.weights.file).name  # a page tells no one's folders
    return described | {"bibtex": bibtex(spec.citation), "graph": described_graph(spec)}
