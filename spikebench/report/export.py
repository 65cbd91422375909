"""The tables as files beside the page: everything as CSV, what the page ranks as Markdown."""

from pathlib import Path
from typing import Any

import pandas as pd

from spikebench.files import atomic_path
from spikebench.report.board import Board
from spikebench.report.compared import Line, Paired, compared, standings
from spikebench.report.results import Results
from spikebench.report.text import db, number, p_value, sentence
from spikebench.rules import DEFAULT
from spikebench.statistics.targets import TARGETS

CSV = ("leaderboard", "comparisons", "curves", "standings")


def write_tables(results: Results, boards: list[Board], folder: Path) -> None:
    """Write each table as CSV, the ranking and the comparisons as Markdown, each atomically."""
    for name in CSV:
        write_csv(getattr(results, name), results.table_id, folder / f"{name}.csv")
    ranking = [part for board in boards for part in _part(board, _caption(board), _ranking(board))]
    _write(folder / "leaderboard.md", f"# Leaderboard {results.table_id}", ranking)
    paired = [
        part
        for board in boards
        for part in _part(board, _caption(board), _compared(board, results))
    ]
    paired += [
        part
        for standing in standings(results)
        for part in (
            f"## Borda count, {standing.title}, {standing.boards} boards",
            _standing(standing.rows),
        )
    ]
    _write(folder / "comparisons.md", f"# Comparisons {results.table_id}", paired)


def write_csv(table: pd.DataFrame, table_id: str, file: Path) -> None:
    """Write every column and row of a table, with the table id in the first column."""
    table = table.copy()
    table.insert(0, "table_id", table_id)
    with atomic_path(file) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def _part(board: Board, *parts: str) -> list[str]:
    return [f"## {board.title}", *parts]


def _write(file: Path, title: str, parts: list[str]) -> None:
    with atomic_path(file) as temporary:
        temporary.write_text("\n\n".join([title, *parts]) + "\n", encoding="utf-8")


def _markdown(rows: list[dict[str, Any]]) -> str:
    return pd.DataFrame(rows).to_markdown(index=False, disable_numparse=True)


def _caption(board: Board) -> str:
    return (
        f"{sentence(DEFAULT.label)}; {board.images} images, "
        f"ANN {db(board.ceiling)} dB, degraded input {db(board.floor)} dB."
    )


def _ranking(board: Board) -> str:
    rows = [
        {
            "Rank": row.ranks[DEFAULT.key],
            "Method": row.name,
            "T": row.timesteps,
            "PSNR (dB)": db(row.psnr),
            "Gap (dB)": db(row.gap_db, sign=True),
            "SSIM": number(row.ssim, 4),
            "Spikes/neuron": number(row.spikes_per_neuron, 2),
            "Energy (ANN = 1)": number(row.energy, 2),
        }
        for row in board.shown(DEFAULT)
    ]
    return _markdown(rows)


def _compared(board: Board, results: Results) -> str:
    """Return the comparisons of a board; curves are compared with the row that has no deltas."""
    return _markdown([_line(line) for line in compared(board, results).lines])


def _line(line: Line) -> dict[str, Any]:
    to_ann, to_best, curve = _paired(line.gap), _paired(line.lead), line.curve
    nearness = {
        f"Energy (T) within {target} dB": f"{number(ratio, 2)} ({steps})"
        if steps
        else number(None, 2)
        for target, (ratio, steps) in zip(TARGETS, line.targets, strict=True)
    }
    return {
        "Method": line.name,
        "T": line.timesteps or "",
        "To the ANN (dB)": to_ann[0],
        "p": to_ann[1],
        "To the best (dB)": "best" if line.best else f"{'≈ ' * line.level}{to_best[0]}",
        "p ": to_best[1],
        "BD-PSNR (dB)": db(curve["bd_psnr_db"], sign=True),
        "BD-energy (%)": number(curve["bd_energy_percent"], 1, sign=True),
        **nearness,
    }


def _paired(found: Paired | None) -> tuple[str, str]:
    """Return the difference with its interval, and p after Holm's correction."""
    if found is None:
        return "", ""
    mean, low, high = (db(value, sign=True) for value in (found.mean, found.low, found.high))
    return f"{mean} [{low}, {high}]", p_value(found.p)


def _standing(rows: list[dict[str, Any]]) -> str:
    return _markdown(
        [
            {
                "Rank": row["rank"],
                "Method": row["name"],
                "Points": number(row["points"], 1),
                "Of those possible": number(row["share"], 2),
                "Boards": row["boards_ranked"],
            }
            for row in rows
        ]
    )
