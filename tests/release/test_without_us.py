"""The script of docs/citing.md: a release is checked with pandas, and nothing of ours."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spikebench.io.checksums import file_sha256
from spikebench.release import freeze
from spikebench.report.boards.of_results import boards
from spikebench.report.readme import headline
from spikebench.report.results import Results
from spikebench.report.tables import write_tables

REPOSITORY = Path(__file__).parents[2]
PUBLISHED = REPOSITORY / "results/published"
KIND = re.compile(r"(\w+) (\d+) %")


def check(release: Path, folder: Path) -> subprocess.CompletedProcess:
    """Run the documented script where nothing of the repository can be imported."""
    document = (REPOSITORY / "docs/citing.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```python\n(# python check\.py.*?)```", document, re.DOTALL)
    (folder / "check.py").write_text(script, encoding="utf-8")
    (folder / "spikebench.py").write_text("raise ImportError('not on this machine')\n")
    command = [sys.executable, "check.py", str(release)]
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def said(results: Path) -> dict[tuple[str, str], dict[str, str]]:
    """Return what the page's headline says of each board: the energy of each kind of spikes."""
    return {
        (board.dataset, board.backbone): dict(KIND.findall(headline(board)))
        for board in boards(Results.read(results))
    }


def printed(output: str) -> dict[tuple[str, str], dict[str, str]]:
    lines = [line.split(" within ") for line in output.splitlines() if " within " in line]
    return {tuple(board.split()): dict(KIND.findall(found)) for board, found in lines}


def test_a_release_is_sound_and_its_headline_follows_from_its_tables(made, frozen, tmp_path):
    done = check(frozen, tmp_path)
    assert done.returncode == 0, done.stderr
    stated = json.loads((frozen / "manifest.json").read_text())["table_id"]
    assert done.stdout.splitlines()[-1] == f"{frozen.name}: sound, table {stated}"
    assert printed(done.stdout) == said(made / "results")


@pytest.mark.skipif(not (PUBLISHED / "run.parquet").is_file(), reason="no run is published")
def test_the_published_headline_follows_from_its_tables(tmp_path):
    site = tmp_path / "report"
    results = Results.read(PUBLISHED)
    write_tables(results, boards(results), site / "tables")
    (site / "index.html").write_text("the page\n")
    (site / "figures").mkdir()
    (tmp_path / "elsewhere").mkdir()
    release = freeze(PUBLISHED, site, tmp_path / "releases")
    done = check(release, tmp_path / "elsewhere")
    assert done.returncode == 0, done.stderr
    found = printed(done.stdout)
    assert found == said(PUBLISHED) and any(found.values())


def test_a_changed_page_is_found(release, tmp_path):
    (release / "report/index.html").write_text("<p>Another page.</p>")
    assert "report/index.html was changed" in check(release, tmp_path).stderr


@pytest.mark.parametrize(
    ("table", "column", "complaint"),
    [
        ("images", "psnr", "not those of the table id"),
        ("leaderboard", "psnr", "does not hold the means"),
    ],
)
def test_a_number_that_the_manifest_was_made_to_hide_is_found(
    release, tmp_path, table, column, complaint
):
    file = release / f"results/{table}.parquet"
    found = pq.read_table(file)
    values = pd.Series(found[column].to_pylist()) + 0.01
    place = found.column_names.index(column)
    pq.write_table(found.set_column(place, column, pa.array(values)), file)
    manifest = json.loads((release / "manifest.json").read_text())
    manifest["files"][f"results/{table}.parquet"] = file_sha256(file)
    (release / "manifest.json").write_text(json.dumps(manifest))
    assert complaint in check(release, tmp_path).stderr
