"""The tables beside the page."""

import pandas as pd
import pytest


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("leaderboard", "psnr"),
        ("comparisons", "difference_low"),
        ("curves", "points"),
        ("standings", "points"),
    ],
)
def test_csv_holds_every_row_and_the_id(site, results, name, column):
    table, expected = pd.read_csv(site / "tables" / f"{name}.csv"), getattr(results, name)
    assert set(table["table_id"]) == {results.table_id}
    assert table[column].tolist() == expected[column].tolist()
    assert set(table.columns) == {"table_id", *expected.columns}


def test_markdown_ranks_each_board(site, results):
    text = (site / "tables" / "leaderboard.md").read_text(encoding="utf-8")
    assert text.startswith(f"# Leaderboard {results.table_id}\n")
    denoiser, upscaler = text.split("\n## ")[1:]
    rows = [line.split("|")[1:4] for line in denoiser.splitlines() if line.startswith("| ")][1:]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["1", "Greedy", "8"],
        ["2", "Greedy, no extra", "8"],
        ["3", "Steady", "8"],
    ]
    assert "ANN 37.25 dB" in upscaler


def test_markdown_compares_each_board(site, results):
    text = (site / "tables" / "comparisons.md").read_text(encoding="utf-8")
    denoiser, _, borda = text.split("\n## ")[1:]
    rows = [line.split("|") for line in denoiser.splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip() for cell in row] for row in rows]
    assert [row[1:3] for row in cells] == [
        ["Greedy", "8"],
        ["Greedy, no extra", "8"],
        ["Steady", "8"],
    ]
    assert cells[0][3:6] == ["−0.25 [−0.25, −0.25]", "0.094", "best"]  # noqa: RUF001
    assert cells[1][5:7] == ["≈ −0.50 [−0.50, −0.50]", "0.062"]  # noqa: RUF001
    assert borda.startswith("Borda count, all tasks, 2 boards")
