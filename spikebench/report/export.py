"""The leaderboard as files: all rows as CSV, the ranked ones as Markdown."""

from pathlib import Path

import pandas as pd

from spikebench.files import atomic_path
from spikebench.report.board import Board
from spikebench.report.text import db, number
from spikebench.rules import DEFAULT


def write_csv(leaderboard: pd.DataFrame, table_id: str, file: Path) -> None:
    """Write every column and row of the leaderboard, with the table id in the first column."""
    table = leaderboard.copy()
    table.insert(0, "table_id", table_id)
    with atomic_path(file) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def write_markdown(boards: list[Board], table_id: str, file: Path) -> None:
    """Write each board under the default rule, one table a board."""
    parts = [f"# Leaderboard {table_id}"]
    for board in boards:
        parts += [f"## {board.title}", _caption(board), _table(board)]
    with atomic_path(file) as temporary:
        temporary.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _caption(board: Board) -> str:
    return (
        f"{DEFAULT.label[0].upper()}{DEFAULT.label[1:]}; {board.images} images, "
        f"ANN {db(board.ceiling)} dB, degraded input {db(board.floor)} dB."
    )


def _table(board: Board) -> str:
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
    return pd.DataFrame(rows).to_markdown(index=False, disable_numparse=True)
