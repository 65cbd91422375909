"""The README shows the published run, and nothing that was typed."""

import shutil
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from spikebench.errors import BenchError
from spikebench.report.readme import BEGIN, CHART, END, block, write_readme

REPOSITORY = Path(__file__).parents[2]
PUBLISHED = REPOSITORY / "results/published"


@pytest.fixture
def readme(tmp_path) -> Path:
    file = tmp_path / "README.md"
    file.write_text(f"# Title\n\n{BEGIN}\nold words\n{END}\n\n## Next\n", encoding="utf-8")
    return file


def test_what_stands_between_the_marks_is_replaced(folder, results, readme):
    write_readme(folder, readme.parent / "reports/made_up", readme)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"# Title\n\n{BEGIN}\n") and text.endswith(f"{END}\n\n## Next\n")
    assert "old words" not in text
    assert f"Table `{results.table_id}`" in text
    assert "](reports/made_up/index.html)" in text
    first = text.split("The same on every")[0].splitlines()
    rows = [line.split("|")[2].strip() for line in first if line.startswith("| ")]
    nearest = ["not reached; nearest: Greedy", "not reached; nearest: Steady"]
    assert rows == ["Method", ":--", "ANN", *nearest]
    write_readme(folder, readme.parent / "reports/made_up", readme)
    assert readme.read_text(encoding="utf-8") == text


def test_its_chart_is_a_file_of_its_own_on_white(folder, readme):
    write_readme(folder, readme.parent / "site", readme)
    root = ET.parse(readme.parent / "site" / CHART).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root[0].get("fill") == "#fff"
    assert "Greedy" in "".join(root.itertext())


def test_names_are_text(results, shown):
    named = [replace(shown[0], set_title="a | <b> `c`"), *shown[1:]]
    assert r"(a \| \<b\> \`c\` · " in block(results, named, "site")


def test_every_board_has_a_line_of_what_each_kind_needs(results, shown):
    """Against the boards' own rows: a cell is the least energy within 0.1 dB, or the gap left."""
    lines = block(results, shown, "site").split("The same on every")[1].splitlines()
    heads = [head.strip() for head in lines[2].split("|")[1:-1]]
    for board, line in zip(shown, lines[4:], strict=False):
        cells = dict(zip(heads, (cell.strip() for cell in line.split("|")[1:-1]), strict=True))
        assert cells["Set and network"] == board.title
        for kind in heads[2:]:
            rows = [row for row in board.competitors if row.spike_class == kind.lower()]
            near = [row.energy for row in rows if row.gap_db >= -0.1]
            expected = f"{100 * min(near):.0f} %" if near else "not reached" if rows else ""
            assert cells[kind].startswith(expected)


def test_a_readme_without_marks_is_refused(folder, readme):
    readme.write_text("# Title\n", encoding="utf-8")
    with pytest.raises(BenchError, match="lacks the lines"):
        write_readme(folder, readme.parent / "site", readme)


def test_the_repository_has_the_marks():
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert (text.count(BEGIN), text.count(END)) == (1, 1)


@pytest.mark.skipif(not (PUBLISHED / "run.parquet").is_file(), reason="no run is published")
def test_the_readme_is_that_of_the_published_run(tmp_path):
    site = tmp_path / "reports/published"
    shutil.copy(REPOSITORY / "README.md", tmp_path)
    write_readme(PUBLISHED, site, tmp_path / "README.md")
    again = "Run `spikebench readme`."
    kept = REPOSITORY / "reports/published" / CHART
    assert (tmp_path / "README.md").read_text() == (REPOSITORY / "README.md").read_text(), again
    assert (site / CHART).read_text() == kept.read_text(), again
