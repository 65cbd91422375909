"""What a release holds."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

import spikebench
from spikebench.errors import BenchError
from spikebench.io.checksums import file_sha256
from spikebench.release import freeze
from spikebench.report.results import Results


def test_its_name_is_the_version_and_the_table_id(made, frozen):
    results = Results.read(made / "results")
    assert frozen.name == f"{spikebench.__version__}-{results.table_id}"


def test_it_holds_what_a_run_is_checked_and_repeated_with(frozen):
    names = {path.relative_to(frozen).as_posix() for path in frozen.rglob("*") if path.is_file()}
    assert names >= {
        *("CITATION.cff", "LICENSE", "README.md", "config.yaml", "environment.yml"),
        *("manifest.json", "references.bib", "ro-crate-metadata.json", "run.lock"),
        "weights.lock",
        *("report/index.html", "report/figures/chart.pdf", "report/tables/ranking.tex"),
        *(f"results/{name}.parquet" for name in ("images", "layers", "energy", "run")),
    }
    manifest = json.loads((frozen / "manifest.json").read_text())
    assert manifest["files"].keys() == names - {"manifest.json"}
    assert all(file_sha256(frozen / name) == value for name, value in manifest["files"].items())


def test_what_the_workflow_leaves_beside_its_outputs_is_no_part_of_it(frozen):
    names = [path.name for path in frozen.rglob("*")]
    assert not [name for name in names if name.startswith(".") or name.endswith(".sha256")]


def test_its_citation_is_of_a_dataset_with_the_id(made, frozen):
    citation = yaml.safe_load((frozen / "CITATION.cff").read_text(encoding="utf-8"))
    required = {"cff-version", "message", "title", "authors"}  # by the schema of CFF 1.2.0
    assert citation.keys() >= required
    table_id = Results.read(made / "results").table_id
    assert table_id in citation["title"] and citation["version"].endswith(table_id)
    assert (citation["type"], citation["commit"]) == ("dataset", "0123abc")
    assert str(citation["date-released"]) == "2026-01-02"


def test_the_same_run_gives_the_same_release(made, frozen, tmp_path):
    again = freeze(made / "results", made / "report", tmp_path)
    assert (again / "manifest.json").read_bytes() == (frozen / "manifest.json").read_bytes()
    assert freeze(made / "results", made / "report", tmp_path) == again
    assert [path.name for path in tmp_path.iterdir()] == [again.name]


def test_rows_that_no_commit_repeats_are_not_released(made, tmp_path):
    results = shutil.copytree(made / "results", tmp_path / "results")
    images = pq.read_table(results / "images.parquet")
    commits = images["git_commit"].to_pylist()
    commits[3] += "+dirty"
    place = images.column_names.index("git_commit")
    pq.write_table(images.set_column(place, "git_commit", [commits]), results / "images.parquet")
    said = f"1 of {len(commits)} rows were measured at commit 0123abc\\+dirty .*--forcerun evaluate"
    with pytest.raises(BenchError, match=said):
        freeze(results, made / "report", tmp_path / "releases")
    assert not (tmp_path / "releases").exists()


def test_a_release_is_never_replaced(made, release):
    manifest = release / "manifest.json"
    stated = json.loads(manifest.read_text())
    stated["files"]["report/index.html"] = "0" * 64
    manifest.write_text(json.dumps(stated))
    with pytest.raises(BenchError, match=r"differs in report/index\.html"):
        freeze(made / "results", made / "report", release.parent)


def test_a_missing_part_is_named(made, tmp_path):
    (tmp_path / "index.html").touch()
    with pytest.raises(BenchError, match="lacks tables, figures"):
        freeze(made / "results", tmp_path, tmp_path / "releases")
    with pytest.raises(BenchError, match=r"There is no .*LICENSE"):
        freeze(made / "results", made / "report", tmp_path / "releases", root=Path(tmp_path))
