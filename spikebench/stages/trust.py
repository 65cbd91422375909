"""The trust table: every number known about a backbone beside the one measured here."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from spikebench.ann.backbone import load_backbone_spec
from spikebench.results.columns.verification import TRUST, VERIFIED
from spikebench.results.shards import read_shard, write_shard
from spikebench.run import catalogue
from spikebench.run.verifiable import reason_against

MEANS = ["psnr", "ssim", "psnr_input"]


def write_trust(shards: Sequence[Path], output: Path) -> None:
    """Write one row for each known score of each backbone in backbones/, from verified images.

    A score that cannot be checked here has no measured values, and a note that says why.
    """
    images = pa.concat_tables(
        [VERIFIED.schema.empty_table(), *(read_shard(file, VERIFIED) for file in shards)]
    ).to_pandas()
    measured = {key: _means(group) for key, group in images.groupby(_KEY)}
    rows = [row for name in catalogue.backbone_names() for row in _rows(name, measured)]
    write_shard(output, rows, TRUST)


_KEY = ["backbone", "dataset", "protocol"]


def _means(group: pd.DataFrame) -> dict[str, Any]:
    """Return the means of a set, over the images with a finite PSNR; a note names the others."""
    hashes = {name: group[name].iloc[0] for name in ("weights_sha256", "dataset_sha256")}
    finite = np.isfinite(group[["psnr", "psnr_input"]]).all(axis=1)
    kept, out = group[finite], sorted(group[~finite]["image"])
    means = {name: kept[name].mean() if len(kept) else None for name in MEANS}
    note = f"{len(out)} of {len(group)} images left out, PSNR not finite: {', '.join(out)}"
    return {**means, "images": len(kept), "note": note if out else "", **hashes}


def _rows(
    name: str, measured: dict[tuple[str, str, str], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    spec = load_backbone_spec(name)
    scores = [("published", s) for s in spec.published] + [("measured", s) for s in spec.measured]
    for kind, score in scores:
        found = measured.get((name, score.dataset, score.protocol))
        yield {
            "backbone": name,
            "title": spec.title,
            "task": spec.task.label,
            "dataset": score.dataset,
            "protocol": score.protocol,
            "kind": kind,
            "stated_psnr": score.psnr,
            "stated_ssim": score.ssim,
            "source": score.source,
        } | (found or _unmeasured(name, score.dataset))


def _unmeasured(backbone: str, dataset: str) -> dict[str, Any]:
    hashes = {"weights_sha256": "", "dataset_sha256": ""}
    note = reason_against(backbone, dataset) or "not measured in this run"
    return {**dict.fromkeys(MEANS), "images": 0, "note": note, **hashes}
