"""What the merged run says of itself: its row of run.parquet."""

import json
from itertools import product
from typing import Any

import pandas as pd
import yaml

from spikebench.release.merge.conflicts import BOARD
from spikebench.release.merge.finished import Finished
from spikebench.results.devices import mixed_devices
from spikebench.results.frames import records
from spikebench.run.config import Benchmark

AND = " and "
PICTURES = Benchmark.model_fields["pictures"].default  # of an entry that does not say


def described(name: str, first: Finished, second: Finished) -> dict[str, str]:
    """Return the row of run.parquet of the run `name` that both make together."""
    runs = (first, second)
    config = merged_config(name, first, second)
    return {
        "run": name,
        "config": yaml.safe_dump(config, sort_keys=False),
        "timesteps": json.dumps(config["timesteps"]),
        "base_seed": str(config["seed"]),
        "benchmarks": json.dumps(config["benchmarks"]),
        "datasets": json.dumps(second.said("datasets") | first.said("datasets")),
        "backbones": json.dumps(second.said("backbones") | first.said("backbones")),
        "refusals": json.dumps(_distinct([*first.said("refusals"), *second.said("refusals")])),
        "failures": json.dumps(_failures(first, second)),
        "notes": json.dumps(_notes(first, second)),
        **{
            column: _both(first.run[column], second.run[column])
            for column in ("git_commit", "version", "python", "torch_version", "platform")
        },
        "created": max(run.run["created"] for run in runs),
    }


def merged_config(name: str, first: Finished, second: Finished) -> dict[str, Any]:
    """Return a configuration that makes all cells of both runs, and no other."""
    one, other = first.config, second.config
    seeds = sorted({*first.images["seed"].tolist(), *second.images["seed"].tolist()})
    methods = other["methods"] | one["methods"]
    order = [*one["methods"], *(label for label in other["methods"] if label not in one["methods"])]
    return one | {
        "run": name,
        "seed": seeds[0],
        "repetitions": len(seeds),
        "timesteps": sorted({*one["timesteps"], *other["timesteps"]}),
        "benchmarks": _benchmarks(one, other, order),
        "method_paths": _distinct([*one["method_paths"], *other["method_paths"]]),
        "provided": other.get("provided", {}) | one.get("provided", {}),
        "verify_backbones": one["verify_backbones"] or other["verify_backbones"],
        "methods": {label: methods[label] for label in order},
    }


def _benchmarks(one: dict, other: dict, order: list[str]) -> list[dict[str, Any]]:
    """Return an entry for each pair of data set and backbone, with the rows that have it.

    Rows that were run to another T than those of the first run have an entry of their own.
    """
    found: dict[tuple[str, str, int | None], dict[str, Any]] = {}
    known: set[tuple[str, str, str]] = set()
    pictures: dict[tuple[str, str], int] = {}
    for config in (one, other):
        for entry in config["benchmarks"]:
            rows = entry.get("methods") or list(config["methods"])
            for pair in product(entry["datasets"], entry["backbones"]):
                new = [row for row in rows if (*pair, row) not in known]
                known |= {(*pair, row) for row in new}
                shown = {"pictures": pictures.setdefault(pair, entry.get("pictures", PICTURES))}
                own = found.setdefault((*pair, entry.get("up_to")), entry | shown | {"methods": []})
                own["methods"] = [row for row in order if row in {*own["methods"], *new}]
    return [
        entry
        | {"datasets": [dataset], "backbones": [backbone]}
        | {"methods": None if entry["methods"] == order else entry["methods"]}
        for (dataset, backbone, _), entry in found.items()
        if entry["methods"]
    ]


def _failures(first: Finished, second: Finished) -> list[dict[str, Any]]:
    """Return the failed cells of both that neither has measured."""
    keys = ("dataset", "backbone", "method", "seed")
    measured = {
        tuple(row)
        for run in (first, second)
        for row in run.images.assign(
            dataset=run.images["dataset"].str.split("[").str[0]  # set12[7] is a part of set12
        )[list(keys)].itertuples(index=False)
    }
    failed = _distinct([*first.said("failures"), *second.said("failures")])
    return [cell for cell in failed if tuple(cell[key] for key in keys) not in measured]


def _notes(first: Finished, second: Finished) -> list[str]:
    merged = AND.join(
        f"{run.run['run']} ({run.run['created'][:10]}, commit {run.run['git_commit'][:12]})"
        for run in (first, second)
    )
    said = [*first.said("notes"), *second.said("notes")]
    devices = pd.concat([run.images[[*BOARD, "device"]] for run in (first, second)])
    mixed = mixed_devices(records(devices.drop_duplicates()))
    return _distinct([*said, *mixed, f"Merged from runs {merged}."])


def _both(one: str, other: str) -> str:
    return AND.join(_distinct([*one.split(AND), *other.split(AND)]))


def _distinct(items: list) -> list:
    return [item for place, item in enumerate(items) if item not in items[:place]]
