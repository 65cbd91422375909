"""The tables beside the page."""

import pandas as pd


def test_csv_holds_every_row_and_the_id(site, results):
    table = pd.read_csv(site / "tables" / "leaderboard.csv")
    assert set(table["table_id"]) == {results.table_id}
    assert len(table) == len(results.leaderboard)
    assert table["psnr"].tolist() == results.leaderboard["psnr"].tolist()


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
