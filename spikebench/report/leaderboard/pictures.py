"""The before/after comparison: crops of the median image of each board, as data URIs."""

import base64
from dataclasses import dataclass

import pandas as pd

from spikebench.analysis.selection import DEFAULT
from spikebench.report.boards.board import Board
from spikebench.report.text import db

REFERENCES = {"input": "degraded input", "ann": "ANN", "target": "ground truth"}


@dataclass(frozen=True)
class Picture:
    """One restored crop: what to call it, and the image itself as a data URI."""

    key: str
    caption: str
    uri: str


@dataclass(frozen=True)
class Comparison:
    """All crops of one image of a board: the references first, then each method's, best first."""

    image: str
    pictures: list[Picture]


def comparison(board: Board, pictures: pd.DataFrame) -> Comparison | None:
    """Return the crops of a board's median image, or of the worst of two, None where none is shown.

    A method's T is what the default selection picks. A row of a run without crops is left out.
    """
    mine = pictures[
        (pictures["dataset"] == board.dataset)
        & (pictures["backbone"] == board.backbone)
        & pictures["choice"].isin(["median", "worst"])
    ].sort_values("choice", kind="stable")
    if mine.empty:
        return None
    mine = mine[mine["image"] == mine["image"].iloc[0]]
    references = mine[mine["role"] != "restored"].drop_duplicates("role").set_index("role")["webp"]
    restored = mine[mine["role"] == "restored"].set_index(["method", "timesteps"])["webp"]
    shown = [Picture(role, caption, _uri(references[role])) for role, caption in REFERENCES.items()]
    for row in board.shown(DEFAULT):
        if (row.method, row.timesteps) not in restored.index:
            continue
        caption = f"{row.name}, T = {row.timesteps} ({db(row.psnr)} dB over the set)"
        shown.append(Picture(row.method, caption, _uri(restored[row.method, row.timesteps])))
    return Comparison(mine["image"].iloc[0], shown)


def _uri(webp: bytes) -> str:
    return "data:image/webp;base64," + base64.b64encode(webp).decode()
