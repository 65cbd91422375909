"""What a later run replaces in an earlier one: cells it measured again, boards it ran on others."""

import json
from dataclasses import replace
from itertools import product
from typing import Any

import pandas as pd

from spikebench.release.merge.conflicts import BOARD, CELL, differing_cells
from spikebench.release.merge.finished import Finished
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.layers import LAYERS

Pair = tuple[str, str]  # data set, of which the rows may be a part, and backbone


def renewed(first: Finished, second: Finished) -> tuple[Finished, Finished, list[str]]:
    """Return both runs without what the other replaces, and a line for each row that is lost.

    The cells of `first` that `second` measured with other numbers, or at its T and further ones,
    are replaced, and every cell of a board that `second` ran on other images; any other cell of
    both stays that of `first`. A label, and a state of training, of which no cell is left goes with
    its cells.
    """
    boards = _other_images(first, second)
    both = _cells(first) & _cells(second)
    others = {
        cell for table in (IMAGES, LAYERS) for cell, *_ in differing_cells(first, second, table)
    } | (both & _longer(first.images, second.images))
    equal = {cell for cell in both - others if _pair(*cell[:2]) not in boards}
    one, other = _left(first, boards, others), _left(second, set(), equal)
    return one, other, _lost(first, second, boards)


def _cells(run: Finished) -> set[tuple[Any, ...]]:
    return set(run.images[CELL].itertuples(index=False, name=None))


def _longer(one: pd.DataFrame, other: pd.DataFrame) -> set[tuple[Any, ...]]:
    """Return the cells that have all of their T of `one` in `other`, and further ones."""
    keys = [*CELL, "timesteps"]
    known, found = (
        set(table[keys].drop_duplicates().itertuples(index=False, name=None))
        for table in (one, other)
    )
    return {cell[:-1] for cell in found - known} - {cell[:-1] for cell in known - found}


def _left(run: Finished, boards: set[Pair], gone: set[tuple[Any, ...]]) -> Finished:
    """Return a run without some boards and cells, and without what only these had."""
    images = _without(run.images, boards, gone)
    left = set(images["method"])
    kept = run.methods[run.methods["method"].isin(left)]
    return replace(
        run,
        images=images,
        layers=_without(run.layers, boards, gone),
        pictures=_pictures(run.pictures, boards, gone),
        methods=kept,
        training=_trained(run.training, images, kept),
        config=_config(run.config, boards, left, _ran(run.images) - _ran(images)),
    )


def _other_images(first: Finished, second: Finished) -> set[Pair]:
    one, other = (run.images_of_boards() for run in (first, second))
    return {pair for pair in one.keys() & other.keys() if one[pair] != other[pair]}


def _without(table: pd.DataFrame, boards: set[Pair], gone: set[tuple]) -> pd.DataFrame:
    cells = table[CELL].itertuples(index=False, name=None)
    return _only(table, [_pair(*c[:2]) not in boards and c not in gone for c in cells])


def _pictures(table: pd.DataFrame, boards: set[Pair], gone: set[tuple]) -> pd.DataFrame:
    """Drop the crops of what is replaced; a crop belongs to the first seed of its row."""
    rows = {cell[:3] for cell in gone}
    shown = table[CELL[:3]].itertuples(index=False, name=None)
    return _only(table, [_pair(*row[:2]) not in boards and row not in rows for row in shown])


def _only(table: pd.DataFrame, kept: list[bool]) -> pd.DataFrame:
    return table[pd.Series(kept, index=table.index, dtype=bool)]


def _pair(dataset: str, backbone: str) -> Pair:
    return dataset.split("[")[0], backbone  # set12[7] is a part of set12


def _trained(training: pd.DataFrame, images: pd.DataFrame, methods: pd.DataFrame) -> pd.DataFrame:
    """Keep the curves of the states that rows which are left have."""
    settings = zip(methods["method"], methods["settings"], strict=True)
    recipes = {method: json.loads(text).get("tuned") for method, text in settings}
    rows = images[["backbone", "method"]].drop_duplicates().itertuples(index=False, name=None)
    used = {(backbone, recipes[method]) for backbone, method in rows}
    keys = training[["backbone", "recipe"]].itertuples(index=False, name=None)
    return _only(training, [key in used for key in keys])


def _ran(images: pd.DataFrame) -> set[tuple[str, str, str]]:
    """Return the rows of boards that were measured: data set, backbone, label."""
    rows = images[[*BOARD, "method"]].drop_duplicates().itertuples(index=False, name=None)
    return {(*_pair(dataset, backbone), label) for dataset, backbone, label in rows}


def _config(
    config: dict[str, Any], boards: set[Pair], left: set[str], gone: set[tuple[str, str, str]]
) -> dict[str, Any]:
    """Return what makes the rows that are left; a pair of its own for each board."""
    benchmarks = []
    for entry in config["benchmarks"]:
        labels = [label for label in entry.get("methods") or config["methods"] if label in left]
        for pair in product(entry["datasets"], entry["backbones"]):
            kept = [label for label in labels if (*pair, label) not in gone]
            if pair not in boards and kept:
                own = {"datasets": [pair[0]], "backbones": [pair[1]], "methods": kept}
                benchmarks.append(entry | own)
    methods = {label: said for label, said in config["methods"].items() if label in left}
    return config | {"benchmarks": benchmarks, "methods": methods}


def _lost(first: Finished, second: Finished, boards: set[Pair]) -> list[str]:
    """Say of each board on other images which rows `second` did not run there."""
    lines = []
    for dataset, backbone in sorted(boards):
        rows = [_rows(run.images, dataset, backbone) for run in (first, second)]
        if missing := sorted(rows[0] - rows[1]):
            lines.append(
                f"{dataset} with {backbone} is of other images in {second.folder}, which has no "
                f"row {', '.join(missing)}: left out."
            )
    return lines


def _rows(images: pd.DataFrame, dataset: str, backbone: str) -> set[str]:
    pairs = images[BOARD].itertuples(index=False, name=None)
    return set(_only(images, [_pair(*p) == (dataset, backbone) for p in pairs])["method"])
