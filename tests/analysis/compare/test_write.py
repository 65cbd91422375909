"""The three tables as files, and that no number is formed over two sets in silence."""

import time

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from spikebench.analysis.compare import write_tables
from spikebench.analysis.compare.board import Board
from spikebench.analysis.compare.paired import comparisons
from spikebench.analysis.compare.standings import ALL
from spikebench.results.columns.comparisons import COMPARISONS, CURVES, STANDINGS
from tests.analysis.compare.conftest import Run, scored

GRID = (1, 2, 4)


def written(run: Run, folder, **changes) -> dict[str, pd.DataFrame]:
    settings = {"timesteps": GRID, "order": ["a", "b"], "reference": None} | changes
    folder.mkdir(exist_ok=True)
    write_tables(run.images, run.leaderboard, run.prices, **settings, folder=folder)
    names = ("comparisons", "curves", "standings")
    return {name: pd.read_parquet(folder / f"{name}.parquet") for name in names}


def one_set(dataset: str, level: float, **changes) -> list[dict]:
    noise = np.random.default_rng(int(level)).normal(0, 1, size=(2, 3, 6))
    return [
        row
        for m, method in enumerate("ab")
        for t, timesteps in enumerate(GRID)
        for row in scored(
            method, list(level + t + noise[m, t]), dataset=dataset, timesteps=timesteps, **changes
        )
    ]


def test_the_columns_are_the_published_ones(rise, tmp_path):
    written(rise, tmp_path)
    for name, schema in (
        ("comparisons", COMPARISONS),
        ("curves", CURVES),
        ("standings", STANDINGS),
    ):
        assert pq.read_schema(tmp_path / f"{name}.parquet").equals(schema.schema)


def test_no_number_depends_on_another_set(tmp_path):
    """A mean over two sets, or two protocols, would show as soon as one of them is left out."""
    first = one_set("first", 25.0, protocol="grey_float")
    second = one_set("second", 40.0, protocol="y_uint8", task="super_resolution")
    both = written(Run(*first, *second), tmp_path / "both")
    apart = [written(Run(*rows), tmp_path / str(len(rows))) for rows in (first, second)]
    for name in ("comparisons", "curves"):
        joined = pd.concat([tables[name] for tables in apart], ignore_index=True)
        pd.testing.assert_frame_equal(both[name], joined, rtol=1e-12)
    joined = pd.concat([tables["standings"] for tables in apart], ignore_index=True)
    per_task = both["standings"][both["standings"]["scope"] != ALL]
    expected = joined[joined["scope"] != ALL]
    pd.testing.assert_frame_equal(
        per_task.reset_index(drop=True), expected.reset_index(drop=True), rtol=1e-12
    )


def test_the_order_of_images_and_rows_changes_nothing(rise, tmp_path):
    shuffled = rise.images.sample(frac=1, random_state=0)
    first = written(rise, tmp_path / "first")
    rise.images = shuffled
    second = written(rise, tmp_path / "second")
    for name in first:
        pd.testing.assert_frame_equal(first[name], second[name])


def test_a_run_without_rows_has_three_empty_tables(rise, tmp_path):
    for name in ("images", "leaderboard", "prices"):
        setattr(rise, name, getattr(rise, name).iloc[:0])
    assert all(table.empty for table in written(rise, tmp_path).values())


def test_a_thousand_rows_of_a_hundred_images_take_seconds():
    grid, methods = (1, 2, 4, 8), [f"m{m}" for m in range(250)]
    random = np.random.default_rng(0)
    psnr = {(m, t): random.normal(28, 1, size=(1, 100)) for m in methods for t in grid}
    rows = pd.DataFrame([(*key, values.mean()) for key, values in psnr.items()])
    rows.columns = ["method", "timesteps", "psnr"]
    prices = rows.assign(energy_model="first", ratio=0.1)
    ann = {key: np.full((1, 100), 29.0) for key in psnr}
    board = Board("denoise", "set", "net", "grey_float", rows, prices, psnr, ann)
    start = time.process_time()
    found = comparisons(board, grid)
    assert time.process_time() - start < 60  # about 5 s; resampling row by row takes minutes
    assert sum(row["rule"] == "all" for row in found) == 1999
