"""What came of it is a file that says everything, as Markdown and as JSON."""

import json
from dataclasses import replace

import pytest

from spikebench.errors import BenchError
from spikebench.release.reproduce.draw import TableCell
from spikebench.release.reproduce.evidence import check_ending, write_evidence
from spikebench.release.reproduce.outcome import Drawn, Outcome, Place, Reproduction

THERE = Place("e" * 64, "c0ffee", "0.1.0", "2.13.0+cpu", "cpu", "3.11.7", "Linux-6")
CELLS = [TableCell("set[2]", "net", name, 0) for name in ("a", "b", "c")]
OUTCOMES = [
    Outcome(CELLS[0], 6, 12, "1" * 64, "1" * 64),
    Outcome(CELLS[1], 6, 12, "2" * 64, "3" * 64, difference="images: psnr is 2.0 | 3.0"),
    Outcome(CELLS[2], 6, 12, "4" * 64, failure="fetch_dataset: no network."),
]
FOUND = Reproduction(
    table="0123456789ab",
    run="mine",
    drawn=Drawn(3, 1, 8, 20, most_seconds=60.0),
    there=THERE,
    here=replace(THERE, torch="2.12.0+cpu"),
    columns={"images": ["psnr"], "layers": ["synops"]},
    any_evaluator=False,
    outcomes=OUTCOMES,
)


def test_a_line_for_each_cell_and_the_verdict():
    assert FOUND.lines() == [
        "set[2] net a seed 0: equal, 6 rows of images and 12 of layers",
        "set[2] net b seed 0: images: psnr is 2.0 | 3.0",
        "set[2] net c seed 0: not computed: fetch_dataset: no network.",
        "Computed here with torch 2.12.0+cpu, there 2.13.0+cpu.",
        "1 of 3 cells equal in every stable column; 1 could not be computed",
    ]
    assert not FOUND.equal


def test_where_all_is_equal_nothing_else_is_said():
    found = replace(FOUND, outcomes=OUTCOMES[:1])
    assert found.equal
    assert found.lines()[1:] == ["1 of 1 cells equal in every stable column"]
    other = replace(found, any_evaluator=True)
    assert other.verdict() == "1 of 1 cells equal in every stable column but hashes of code"


def test_markdown_has_draw_places_and_cells(tmp_path):
    write_evidence(FOUND, tmp_path / "proof.md")
    text = (tmp_path / "proof.md").read_text(encoding="utf-8")
    assert text.startswith("# Table 0123456789ab computed again\n\n1 of 3 cells equal")
    assert "3 of 8 cells that took at most 60 s, drawn with seed 1; the table has 20" in text
    assert "| torch | 2.13.0+cpu | 2.12.0+cpu |" in text
    assert (
        f"| set[2] | net | b | 0 | {'2' * 12} | {'3' * 12} | images: psnr is 2.0 \\| 3.0 |" in text
    )
    assert "images psnr; layers synops" in text


def test_json_has_whole_hashes(tmp_path):
    write_evidence(FOUND, tmp_path / "proof.json")
    found = json.loads((tmp_path / "proof.json").read_text(encoding="utf-8"))
    assert found["verdict"] == FOUND.verdict()
    assert found["there"]["evaluator"] == "e" * 64
    assert [outcome["equal"] for outcome in found["outcomes"]] == [True, False, False]
    assert found["outcomes"][1]["cell"] == CELLS[1]._asdict()
    assert found["outcomes"][1]["computed"] == "3" * 64


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(BenchError, match="is Markdown or JSON"):
        check_ending(tmp_path / "proof.txt")


def test_the_draw_says_which_cells_were_trained_again():
    told = str(Drawn(3, 1, 8, 20, most_seconds=60.0, trained_again=5))
    assert told.endswith("the table has 20, 5 of them no longer with the state that is committed")


def test_the_draw_says_which_cells_another_processor_computed():
    told = str(Drawn(3, 1, 8, 20, trained_again=5, elsewhere=7))
    assert told.endswith("is committed, 7 of them by another kind of processor")
