"""Digests along columns and keys find what was changed."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from spikebench.release.digests import digests, where

ROWS = [
    {"image": f"0{image}", "method": method, "timesteps": time, "psnr": 20.0 + time, "ssim": 0.5}
    for image in range(3)
    for method in ("a", "b")
    for time in (1, 2)
]


def changed(place: int, column: str, value) -> pa.Table:
    rows = [dict(row) for row in ROWS]
    rows[place][column] = value
    return pa.Table.from_pylist(rows)


@given(place=st.integers(0, len(ROWS) - 1), column=st.sampled_from(["psnr", "ssim"]))
def test_one_changed_value_is_found_with_its_row_and_column(place, column):
    row = ROWS[place]
    found = where(digests(pa.Table.from_pylist(ROWS)), digests(changed(place, column, 1.0)))
    assert found == (
        f"column {column}; method {row['method']}; timesteps {row['timesteps']}; "
        f"image {row['image']}"
    )


def test_the_same_table_differs_nowhere():
    table = pa.Table.from_pylist(ROWS)
    assert where(digests(table), digests(pa.Table.from_pylist(ROWS))) == ""


def test_a_row_or_a_column_that_is_gone_is_found():
    table = pa.Table.from_pylist(ROWS)
    assert "method a; timesteps 1; image 00" in where(digests(table), digests(table.slice(1)))
    assert where(digests(table), digests(table.drop("ssim"))).startswith("column ssim; ")


def test_many_values_are_counted():
    names = [{"image": str(i), "psnr": float(i)} for i in range(9)]
    more = [{"image": str(i), "psnr": float(-i - 1)} for i in range(9)]
    found = where(*(digests(pa.Table.from_pylist(rows)) for rows in (names, more)))
    assert found == "column psnr; image 0, 1, 2 and 6 more"
