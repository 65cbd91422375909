"""A table may lack the columns that were declared after it was written, and no others."""

import pyarrow.parquet as pq
import pytest

from spikebench.results.columns.layers import LAYERS
from spikebench.results.later import fits, read_frame
from spikebench.results.shards import write_shard
from tests.rows import row

LATER = [field.name for field in LAYERS.fields if field.later]


@pytest.fixture
def file(tmp_path):
    write_shard(tmp_path / "layers.parquet", [row(LAYERS), row(LAYERS, bits=None)], LAYERS)
    return tmp_path / "layers.parquet"


def test_what_is_there_is_read_as_it_is(file):
    assert fits(pq.read_schema(file), LAYERS)
    assert read_frame(file, LAYERS)["bits"].fillna(-1).tolist() == [1, -1]


def test_a_later_column_is_missing_in_an_older_table_and_stands_in_its_place(file):
    older = pq.read_table(file).drop_columns(LATER)
    pq.write_table(older, file)
    assert fits(pq.read_schema(file), LAYERS)
    found = read_frame(file, LAYERS)
    assert list(found.columns) == LAYERS.names
    assert found[LATER].isna().all(axis=None)


def test_any_other_column_has_to_be_there(file):
    table = pq.read_table(file)
    for name in set(LAYERS.names) - set(LATER):
        assert not fits(table.drop_columns([name]).schema, LAYERS)
    assert not fits(table.append_column("more", table["rate"]).schema, LAYERS)
