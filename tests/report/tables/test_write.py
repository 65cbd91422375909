"""The table files of a run."""

from dataclasses import replace

import pandas as pd
import pyarrow.parquet as pq
import pytest

from spikebench.report.tables.write import COMPRESSED, DATA, read, shown, texts, write_tables

FILES = {name: f"{name}.csv.gz" if name in COMPRESSED else f"{name}.csv" for name in DATA}
SOURCES = [source for source, _ in DATA.values()]


@pytest.mark.parametrize(("name", "source"), list(zip(DATA, SOURCES, strict=True)))
def test_data_files_hold_every_row_and_the_stamp(site, results, name, source):
    table, expected = pd.read_csv(site / "tables" / FILES[name]), getattr(results, source)
    assert table["table_id"].tolist() == [results.table_id] * len(expected)
    assert table["date"].tolist() == ["2026-01-02"] * len(expected)
    assert set(table.columns) >= set(expected.columns)
    for column in expected.select_dtypes("number"):
        assert table[column].astype(expected[column].dtype).equals(expected[column])


def test_each_table_comes_in_three_formats(site, results, request):
    boards = request.getfixturevalue("shown")
    names = {name for name, tables in shown(results, boards).items() if tables}
    found = {file.name for file in (site / "tables").iterdir()}
    kinds = {f"{name}.{kind}" for name in names - {"prices"} for kind in ("csv", "md", "tex")}
    kinds |= {"prices.csv.gz", "prices.md", "prices.tex"}  # a line for each energy model
    assert found == kinds | set(FILES.values()) | {*("references.bib", "columns.csv", "columns.md")}


def test_a_dictionary_of_the_columns_lies_beside_them(site, results):
    table = pd.read_csv(site / "tables/columns.csv")
    for name in SOURCES:
        mine = table[table["table"] == name]
        assert mine["column"].tolist() == list(getattr(results, name))
        assert mine["meaning"].notna().all()


def test_a_parquet_file_has_the_dictionary_in_its_schema(site, folder):
    table = pd.read_csv(site / "tables/columns.csv", keep_default_na=False)
    for name in ("images", "layers", *SOURCES):
        mine = table[table["table"] == name].set_index("column")
        for column in pq.read_schema(folder / f"{name}.parquet"):
            words = {key.decode(): text.decode() for key, text in column.metadata.items()}
            stated = mine.loc[column.name]
            assert words["meaning"] == stated["meaning"] and words["unit"] == stated["unit"]


def test_the_ranking_is_the_page_s(site):
    rows = pd.read_csv(site / "tables/ranking.csv")
    denoiser = rows[rows["backbone"] == "denoiser"]
    assert denoiser["method"].tolist() == ["ANN", "Input", "Greedy", "Greedy, no extra", "Steady"]
    assert denoiser["rank"].tolist()[2:] == [1, 2, 3]
    assert denoiser["psnr_db"].tolist()[2:] == pytest.approx([29.0, 28.5, 28.25])
    assert rows["psnr_db"].iloc[5] == pytest.approx(37.25)  # the upscaler's ANN


def test_the_comparison_is_the_page_s(site):
    text = (site / "tables/paired.md").read_text(encoding="utf-8")
    denoiser = text.split("\n## ")[1]
    rows = [line.split("|") for line in denoiser.splitlines() if line.startswith("| ")][2:]
    cells = [[cell.strip() for cell in row] for row in rows]
    assert [row[1] for row in cells] == ["Greedy", "Greedy, no extra", "Steady"]
    assert cells[0][3:6] == ["**−0.25 [−0.25, −0.25]**", "0.094", "–"]  # noqa: RUF001
    assert cells[1][5:7] == ["−0.50 [−0.50, −0.50]", "0.062"]  # noqa: RUF001


def test_the_same_results_give_the_same_texts(results, request):
    boards = request.getfixturevalue("shown")
    assert dict(texts(results, boards)) == dict(texts(results, boards))


def test_a_run_without_rows_has_tables_of_what_it_is(results):
    frames = {name: getattr(results, name).iloc[:0] for name in (*SOURCES, "images", "layers")}
    found = dict(texts(replace(results, **frames), []))
    assert {*FILES.values(), "methods.csv", "energy_models.csv"} <= found.keys()
    assert "ranking.csv" not in found
    assert found["leaderboard.csv"].count("\n") == 1  # its header


def test_the_same_results_give_the_same_bytes_and_remove_what_is_no_table(
    site, results, request, tmp_path
):
    (tmp_path / "comparisons.csv").write_text("left by an older rendering")
    write_tables(results, request.getfixturevalue("shown"), tmp_path)
    found = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert found == {file.name: file.read_bytes() for file in (site / "tables").iterdir()}


def test_a_compressed_table_is_read_as_it_was_written(site, results, request):
    expected = dict(texts(results, request.getfixturevalue("shown")))
    for name in FILES.values():
        assert read(site / "tables" / name) == expected[name]
    damaged = site.parent / "damaged.csv.gz"
    damaged.write_bytes((site / "tables/comparisons.csv.gz").read_bytes()[:-9])
    with pytest.raises(EOFError):
        read(damaged)
