"""A release is checked: what was changed is named, by file and key."""

import gzip
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spikebench.errors import BenchError
from spikebench.io.checksums import file_sha256
from spikebench.release import verify
from spikebench.release.digests import digests


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def edit(file: Path, row: int, **values) -> None:
    """Replace values of a row of a Parquet file."""
    table = pq.read_table(file)
    rows = table.to_pylist()
    rows[row] |= values
    pq.write_table(pa.Table.from_pylist(rows, table.schema), file)


def cover_up(release: Path, name: str) -> None:
    """Write the manifest anew, as who wants to hide a change would."""
    file = release / "manifest.json"
    manifest = json.loads(file.read_text())
    manifest["files"][name] = file_sha256(release / name)
    if name.endswith(".parquet"):
        manifest["tables"][name] = digests(pq.read_table(release / name))
    file.write_text(json.dumps(manifest))


def test_an_untouched_release_is_sound(frozen):
    verdict = verify(frozen)
    assert verdict.sound
    assert verdict.lines() == [f"{frozen.name}: Not a single number was changed."]


def test_a_digit_of_a_csv_is_named_with_its_row(release):
    replace(release / "report/tables/ranking.csv", ",28.5,", ",28.6,")
    (line,) = verify(release).lines()[:-1]
    assert line.startswith("report/tables/ranking.csv: is not the file that manifest.json names")
    assert "psnr_db is '28.6', which should be '28.5' (dataset photos, backbone denoiser" in line
    assert "method Greedy, no extra, timesteps 8)" in line


def test_a_number_in_latex_and_markdown_is_named_with_its_line(release):
    replace(release / "report/tables/ranking.tex", r"\underline{28.50}", r"\underline{28.60}")
    replace(release / "report/tables/ranking.md", "<u>28.50</u>", "<u>28.60</u>")
    changed = verify(release).changed
    assert set(changed) == {f"report/tables/ranking.{kind}" for kind in ("tex", "md")}
    assert all("28.60" in reasons[1] and "line " in reasons[1] for reasons in changed.values())


def test_a_value_of_a_parquet_file_is_named_with_column_and_keys(release):
    file = release / "results/images.parquet"
    rows = pd.read_parquet(file)
    row = rows.index[(rows["method"] == "steady") & (rows["timesteps"] == 4)][1]
    edit(file, row, psnr=rows["psnr"][row] + 0.01)
    reasons = verify(release).changed["results/images.parquet"]
    place = "column psnr; dataset photos; backbone denoiser; method steady; seed 0; timesteps 4; "
    assert f"values were changed: {place}image {rows['image'][row]}" in reasons
    assert any("its table id is" in reason for reason in reasons)


def test_a_byte_of_the_page_is_named(release):
    replace(release / "report/index.html", "page.", "page,")
    (line, last) = verify(release).lines()
    assert line.startswith("report/index.html: is not the file")
    assert last == f"{release.name}: 1 file was changed."


@pytest.mark.parametrize(
    ("name", "column", "said"),
    [
        ("images", "psnr", "its table id is"),
        ("energy", "energy_nj", "energy_nj is"),
        ("leaderboard", "psnr", "psnr is 1.5, which should be"),
    ],
)
def test_a_change_that_the_manifest_hides_is_found_from_the_counts(release, name, column, said):
    edit(release / f"results/{name}.parquet", 3, **{column: 1.5})
    cover_up(release, f"results/{name}.parquet")
    reasons = verify(release).changed[f"results/{name}.parquet"]
    assert any(said in reason for reason in reasons)


def test_a_csv_that_the_manifest_covers_is_found_from_the_parquet(release):
    replace(release / "report/tables/leaderboard.csv", ",28.5,", ",28.6,")
    cover_up(release, "report/tables/leaderboard.csv")
    ((name, reasons),) = verify(release).changed.items()
    assert name == "report/tables/leaderboard.csv"
    assert "psnr is '28.6', which should be '28.5'" in reasons[0]


def test_a_compressed_csv_is_checked_by_its_text(release):
    name = "report/tables/leaderboard_prices.csv.gz"
    file = release / name
    text = gzip.decompress(file.read_bytes())
    file.write_bytes(gzip.compress(text, compresslevel=1))
    cover_up(release, name)
    assert verify(release).sound
    file.write_bytes(gzip.compress(text.replace(b",denoiser,", b",another,", 1)))
    cover_up(release, name)
    (reasons,) = verify(release).changed.values()
    assert "line 2, backbone is 'another', which should be 'denoiser'" in reasons[0]
    file.write_bytes(file.read_bytes()[:-1])
    cover_up(release, name)
    ((found, reasons),) = verify(release).changed.items()
    assert found == name and reasons[0].startswith("cannot be read (")


def test_a_table_of_before_they_were_compressed_is_checked_too(release):
    old, new = (release / f"report/tables/leaderboard_prices.csv{end}" for end in ("", ".gz"))
    old.write_bytes(gzip.decompress(new.read_bytes()))
    new.unlink()
    file = release / "manifest.json"
    manifest = json.loads(file.read_text())
    del manifest["files"]["report/tables/leaderboard_prices.csv.gz"]
    file.write_text(json.dumps(manifest))
    cover_up(release, "report/tables/leaderboard_prices.csv")
    assert verify(release).sound
    replace(old, ",denoiser,", ",another,")
    cover_up(release, "report/tables/leaderboard_prices.csv")
    assert list(verify(release).changed) == ["report/tables/leaderboard_prices.csv"]


def test_tables_of_another_version_are_checked_as_far_as_they_can_be(release):
    file = release / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"writer": "0" * 64}))
    verdict = verify(release)
    assert verdict.sound
    assert "Written by another version of spikebench" in verdict.notes[0]
    replace(release / "report/tables/leaderboard.csv", ",28.5,", ",28.6,")
    cover_up(release, "report/tables/leaderboard.csv")
    assert list(verify(release).changed) == ["report/tables/leaderboard.csv"]


def test_a_release_of_the_older_form_is_checked_by_its_hashes(release):
    file, name = release / "manifest.json", "results/prices.parquet"
    (release / name).unlink()
    manifest = json.loads(file.read_text())
    del manifest["files"][name], manifest["tables"][name]
    file.write_text(json.dumps(manifest))
    verdict = verify(release)
    assert verdict.sound
    assert "whose leaderboard held the prices" in verdict.notes[0]
    replace(release / "report/tables/leaderboard.csv", ",28.5,", ",28.6,")
    assert list(verify(release).changed) == ["report/tables/leaderboard.csv"]


def test_files_that_are_missing_damaged_or_new_are_named(release):
    (release / "LICENSE").unlink()
    (release / "results/layers.parquet").write_bytes(b"no Parquet")
    (release / "report/new.html").touch()
    changed = verify(release).changed
    assert changed["LICENSE"] == ["is missing"]
    assert "cannot be read" in changed["results/layers.parquet"][1]
    assert changed["report/new.html"] == ["is no part of the release"]


def test_a_folder_that_is_no_release_is_refused(tmp_path):
    with pytest.raises(BenchError, match=r"There is no .*manifest\.json"):
        verify(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(BenchError, match="is damaged"):
        verify(tmp_path)
