"""The text of manifests, with a comment beside every key that a person may edit."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import yaml

from spikebench.adding.tasks import whole
from spikebench.ann.backbone import BackboneSpec
from spikebench.data.entry import FileEntry
from spikebench.data.registry import DatasetSpec

COLUMNS = ["name", "role", "scale", "member", "bytes", "sha256", "pixels"]
DATASET = """\
# Written by `spikebench add dataset`. Edit what you know better: docs/datasets.md.
title: {title} # in tables
role: {role} # test; or train: calibrates and trains, and is never tested on
tasks: [{tasks}] # what it serves
images: {images} # how many clean images files.csv lists
sides: [{shortest}, {longest}] # the shortest and the longest side of an image in pixels
licence: {licence}
citation: none # a key of docs/references.bib
grey_as_rgb: {grey_as_rgb} # false: networks for colour refuse grey images
folder: {folder} # where the files of files.csv lie
"""
BACKBONE = """\
# Written by `spikebench add backbone`. Edit what you know better: docs/backbones.md.
title: {title} # in tables and figures, unique
architecture: {architecture} # backbones/{architecture}.py
options: {options} # the arguments of its class
multiple: {multiple} # the sides of its input are multiples of this
task: {task} # `protocol`: how images are compared, docs/protocols.md

weights:
  file: {file}
  bytes: {bytes}
  sha256: {sha256}
{key}
citation: none # a key of docs/references.bib
licence: {licence} # of the weights
"""


def of_dataset(spec: DatasetSpec) -> str:
    """Return the text of datasets/<name>/dataset.yaml."""
    return DATASET.format(
        title=in_line(spec.title),
        role=spec.role,
        tasks=", ".join(spec.tasks),
        images=spec.images,
        shortest=spec.sides[0],
        longest=spec.sides[1],
        licence=in_line(spec.licence),
        grey_as_rgb=in_line(spec.grey_as_rgb),
        folder=in_line(spec.folder),
    )


def of_files(files: Iterable[FileEntry]) -> str:
    """Return the text of a files.csv of files in a folder."""
    stream = io.StringIO()
    table = csv.DictWriter(stream, COLUMNS, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows(entry.model_dump() for entry in files)
    return stream.getvalue()


def of_backbone(spec: BackboneSpec) -> str:
    """Return the text of backbones/<name>.yaml."""
    weights = spec.weights
    key = (
        f"  key: {in_line(weights.key)} # where in the file the weights are\n"
        if weights.key
        else ""
    )
    return BACKBONE.format(
        title=in_line(spec.title),
        architecture=spec.architecture,
        options=in_line(spec.options),
        multiple=spec.multiple,
        task=in_line({k: whole(v) for k, v in spec.task.model_dump(exclude_defaults=True).items()}),
        file=in_line(weights.file),
        bytes=weights.bytes,
        sha256=in_line(weights.sha256),
        key=key,
        licence=in_line(spec.licence),
    )


def in_line(value: Any) -> str:
    """Return a value as YAML in one line."""
    text = yaml.safe_dump(
        value, width=10**6, allow_unicode=True, sort_keys=False, default_flow_style=True
    )
    return text.removesuffix("...\n").strip()
