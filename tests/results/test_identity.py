"""The table id: what it depends on, and that it stays what was published."""

import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spikebench.results.columns.images import IMAGES, VOLATILE
from spikebench.results.identity import table_id
from tests.rows import image_row

DIFFERENT = {str: "another", int: 7, float: 7.5}  # from any value of tests/rows.py
PUBLISHED = Path("results/published/images.parquet")


def images(*rows: dict) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=IMAGES.schema)


def test_a_table_id_is_twelve_hex_digits():
    found = table_id(images(image_row()))
    assert len(found) == 12
    assert set(found) <= set("0123456789abcdef")


def test_the_id_does_not_depend_on_the_order_of_rows_or_columns():
    rows = [image_row(image=i, seed=s, lpips=p) for i in "123" for s, p in [(0, None), (1, 0.5)]]
    table = images(*rows)
    shuffled = table.take(pa.array([4, 0, 5, 2, 1, 3])).select(sorted(IMAGES.names))
    assert table_id(shuffled) == table_id(table)


def test_the_id_does_not_depend_on_volatile_columns():
    others = {name: DIFFERENT[type(image_row()[name])] for name in VOLATILE}
    assert table_id(images(image_row(**others))) == table_id(images(image_row()))


@pytest.mark.parametrize("name", sorted(set(IMAGES.names) - set(VOLATILE)))
def test_the_id_depends_on_every_other_column(name):
    value = 0.5 if image_row()[name] is None else DIFFERENT[type(image_row()[name])]
    assert table_id(images(image_row(**{name: value}))) != table_id(images(image_row()))


def test_the_id_sees_the_last_bit_of_a_number_and_a_row_more():
    rows = [image_row(psnr=29.0), image_row(psnr=math.nextafter(29.0, 30))]
    assert len({table_id(images(item)) for item in rows} | {table_id(images(*rows))}) == 3


def test_the_published_table_keeps_its_id():
    assert f"table <code>{table_id(pq.read_table(PUBLISHED))}</code>" in Path(
        "reports/published/index.html"
    ).read_text(encoding="utf-8")
