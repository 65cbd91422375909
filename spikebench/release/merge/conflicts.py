"""What keeps two runs from standing in one table, a line for each: run, file, key, what to do."""

from collections import Counter
from collections.abc import Iterator, Set
from itertools import chain
from typing import Any

import pandas as pd

from spikebench.release.merge.finished import Finished
from spikebench.results.columns.field import Table
from spikebench.results.columns.images import IMAGES, VOLATILE
from spikebench.results.columns.layers import LAYERS
from spikebench.results.evaluators import ENOUGH, are_equal
from spikebench.results.frames import records

CELL = ["dataset", "backbone", "method", "seed"]
BOARD = ["dataset", "backbone"]
# What decides every row of a run; a run is one set of rules
SETTINGS = ("readout", "calibration", "lpips")
NAMED = ("method_hash", "options", "settings")  # what a label stands for
# Said by lines of their own; a hash of settings changes with the grid of T, and no number with it
NOT_COMPARED = {
    *VOLATILE,
    *("evaluator_hash", "method_hash", "protocol", "dataset_sha256", "weights_sha256"),
    "config_hash",
}


def conflicts(first: Finished, second: Finished, same: Set[str] = frozenset()) -> list[str]:
    """Return every conflict of two runs; rows that both have, with equal numbers, are none.

    `same` are the labels that may be of two versions of the code, see
    `spikebench.release.merge.sources`.
    """
    found = chain(
        _evaluators(first, second),
        _settings(first, second),
        _methods(first, second, same),
        _parts(first, second),
        _boards(first, second),
        _prices(first, second),
        _states(first, second),
        _numbers(first, second, IMAGES),
        _numbers(first, second, LAYERS),
        _unpaired(first, second),
    )
    return list(found)


def _evaluators(first: Finished, second: Finished) -> Iterator[str]:
    hashes = [sorted(run.images["evaluator_hash"].unique()) for run in (first, second)]
    shown = pd.concat([first.evaluators, second.evaluators])[["one", "other"]]
    if not are_equal(chain(*hashes), list(shown.itertuples(index=False, name=None))):
        one, other = (" and ".join(h[:12] for h in found) for found in hashes)
        yield (
            f"{second.folder}/images.parquet: evaluator {other}, but {one} in {first.folder}. Run "
            f"one of them again with the sources of the other: {first.folder} was run at commit "
            f"{first.run['git_commit']}, {second.folder} at {second.run['git_commit']}. Or show "
            f"that no number differs: give --proof a report of {ENOUGH} random cells of one, "
            "computed again by the other (spikebench reproduce --any-evaluator)."
        )


def _settings(first: Finished, second: Finished) -> Iterator[str]:
    for key in SETTINGS:
        one, other = first.config[key], second.config[key]
        if one != other:
            yield (
                f"{second.folder}/run.parquet: `{key}` is {other}, but {one} in {first.folder}. "
                f"Run one of them again with the `{key}` of the other."
            )
    seeds = sorted({*first.images["seed"], *second.images["seed"]})
    if seeds != list(range(seeds[0], seeds[-1] + 1)):
        yield (
            f"{second.folder}/images.parquet: together the seeds are {seeds}. A run has seeds in a "
            "row: set `seed` and `repetitions` so, and run again."
        )


def _methods(first: Finished, second: Finished, same: Set[str]) -> Iterator[str]:
    both = first.methods.merge(second.methods, on="method", suffixes=("", "_other"))
    for row in records(both):
        for key in ("options", "settings") if row["method"] in same else NAMED:
            if row[key] != row[f"{key}_other"]:
                mine = second.images[second.images["method"] == row["method"]]
                yield (
                    f"{second.folder}/methods.parquet: row {row['method']}: {key} is "
                    f"{row[f'{key}_other'][:60]}, but {row[key][:60]} in {first.folder}. Give one "
                    f"of them another label, or run it again{_or_show(key, first)}: "
                    f"{second.again(mine[CELL].drop_duplicates())}"
                )
                break


def _or_show(key: str, first: Finished) -> str:
    """Return what else helps where the sources of a row differ, and maybe no number."""
    if key != "method_hash":
        return ""
    return f", or have it measure a cell of {first.folder} too, which shows that no number differs"


def _parts(first: Finished, second: Finished) -> Iterator[str]:
    """Say which set was run whole in one run and in part in the other, or in another part."""
    one, other = (run.images_of_boards() for run in (first, second))
    for dataset, backbone in one.keys() & other.keys():
        if one[dataset, backbone] != other[dataset, backbone]:
            yield (
                f"{second.folder}/run.parquet: `benchmarks`: {dataset} with {backbone}: images is "
                f"{other[dataset, backbone]}, but {one[dataset, backbone]} in {first.folder}. Run "
                "one of them again on the images of the other."
            )


def _boards(first: Finished, second: Finished) -> Iterator[str]:
    for key in ("protocol", "dataset_sha256", "weights_sha256"):
        one, other = (
            run.images.groupby(BOARD)[key].agg(lambda values: " and ".join(sorted(set(values))))
            for run in (first, second)
        )
        for dataset, backbone in one.index.intersection(other.index):
            if one[dataset, backbone] != other[dataset, backbone]:
                yield (
                    f"{second.folder}/images.parquet: {dataset} with {backbone}: {key} is "
                    f"{other[dataset, backbone]}, but {one[dataset, backbone]} in {first.folder}. "
                    "Run one of them again on what the other was run on."
                )


def _prices(first: Finished, second: Finished) -> Iterator[str]:
    both = first.energy_models.merge(second.energy_models, on="name", suffixes=("", "_other"))
    for row in records(both[both["source"] != both["source_other"]]):
        yield (
            f"{second.folder}/energy_models.parquet: {row['name']} prices by {row['source_other']}"
            f", but by {row['source']} in {first.folder}. Give one of them another name."
        )


def _states(first: Finished, second: Finished) -> Iterator[str]:
    """Say of which state both runs have another one: their rows are of two trainings."""
    one, other = (
        dict(zip(zip(t["backbone"], t["recipe"], strict=True), t["state_sha256"], strict=True))
        for t in (first.training, second.training)
    )
    for backbone, recipe in one.keys() & other.keys():
        if one[backbone, recipe] != other[backbone, recipe]:
            yield (
                f"{second.folder}/training.parquet: {recipe} on {backbone} is the state "
                f"{other[backbone, recipe][:12]}, but {one[backbone, recipe][:12]} in "
                f"{first.folder}. Run one of them again with the state of the other."
            )


def _numbers(first: Finished, second: Finished, table: Table) -> Iterator[str]:
    """Say, for each cell that both runs have, the first number in which they differ."""
    for cell, rows, differing in differing_cells(first, second, table):
        yield _differing(first, second, table.name, cell, rows, differing)


def differing_cells(
    first: Finished, second: Finished, table: Table
) -> Iterator[tuple[tuple[Any, ...], pd.DataFrame, pd.DataFrame]]:
    """Yield each cell that both runs have with other numbers: its rows, and where they differ.

    Hashes of code and of settings are no numbers.
    """
    keys = list(table.keys)
    compared = [column for column in table.names if column not in {*keys, *NOT_COMPARED}]
    name = table.name
    pairs = getattr(first, name).merge(getattr(second, name), on=keys, suffixes=("", "_other"))
    for cell, rows in pairs.groupby(CELL, sort=False):
        differing = pd.DataFrame({c: ~_same(rows[c], rows[f"{c}_other"]) for c in compared})
        if differing.to_numpy().any():
            yield cell, rows, differing


def _differing(
    first: Finished,
    second: Finished,
    name: str,
    cell: tuple,
    rows: pd.DataFrame,
    differing: pd.DataFrame,
) -> str:
    place = differing.any(axis=1).to_numpy().argmax()
    row, column = rows.iloc[place], differing.columns[differing.iloc[place]][0]
    at = ", ".join(f"{key} {row[key]}" for key in ("image", "layer", "timesteps") if key in row)
    dataset, backbone, method, seed = cell
    count = int(differing.to_numpy().sum())
    again = second.again(pd.DataFrame([cell], columns=CELL))
    return (
        f"{second.folder}/{name}.parquet: {dataset}, {backbone}, {method}, seed {seed}: {column} "
        f"at {at} is {row[f'{column}_other']}, but {row[column]} in {first.folder} ({count} values "
        f"differ). Find out why, keep one, or run it again: {again}"
    )


def _same(one: pd.Series, other: pd.Series) -> pd.Series:
    return (one == other) | (one.isna() & other.isna())


def _unpaired(first: Finished, second: Finished) -> Iterator[str]:
    """Say which rows of a board, once merged, are not of the images and seeds of the others."""
    rows = pd.concat([first.images, second.images])
    for (dataset, backbone), board in rows.groupby(BOARD):
        inputs = {
            str(method): frozenset(part[["image", "seed"]].itertuples(index=False, name=None))
            for method, part in board.groupby("method")
        }
        usual = Counter(inputs.values()).most_common(1)[0][0]
        for method, found in inputs.items():
            if found != usual:
                yield (
                    f"{second.folder}/images.parquet: {dataset} with {backbone}: row {method} has "
                    f"{_counted(found)}, where other rows have {_counted(usual)}. Run the row on "
                    "the same images and seeds."
                )


def _counted(inputs: frozenset[tuple[Any, ...]]) -> str:
    images, seeds = ({pair[place] for pair in inputs} for place in (0, 1))
    return f"{len(images)} images with seeds {sorted(seeds)}"
