"""Boards: what the page ranks together. One for each pair of data set and backbone."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from spikebench.analysis.selection import Selection, chosen, selections
from spikebench.analysis.statistics import shared_ranks
from spikebench.report.boards.row import COLUMNS, PRICES, Price, Row
from spikebench.report.results import Results
from spikebench.report.text import db, plural

TASKS = {
    "denoise": "denoising",
    "super_resolution": "super-resolution",
    "derain": "deraining",
}


@dataclass(frozen=True)
class Board:
    """All rows of one data set and one backbone, ranked under every selection."""

    dataset: str
    backbone: str
    task: str
    protocol: str  # a name in spikebench.metrics.protocols
    set_title: str  # such as "Set12"
    net_title: str  # such as "DnCNN-tiny"
    rows: list[Row]
    selections: list[Selection]
    refused: list[tuple[str, str]] = field(default_factory=list)  # row name, reason
    files: dict[str, str] = field(default_factory=dict)  # of a row's method, its file

    @property
    def key(self) -> str:
        return f"{self.dataset}.{self.backbone}"

    @property
    def title(self) -> str:
        return f"{self.set_title} · {self.net_title}"

    @property
    def about(self) -> str:
        """What all its rows share: images, protocol, and the two ends of the scale."""
        return (
            f"{plural(self.images, 'image')}, {self.protocol}; ANN {db(self.ceiling)} dB, "
            f"degraded input {db(self.floor)} dB"
        )

    @property
    def task_name(self) -> str:
        return TASKS[self.task]

    @property
    def competitors(self) -> list[Row]:
        return [row for row in self.rows if not row.reference]

    @property
    def images(self) -> int:
        return self.rows[0].images

    @property
    def ceiling(self) -> float:
        """The ANN's mean PSNR in dB."""
        return self.rows[0].psnr_ann

    @property
    def floor(self) -> float:
        """The mean PSNR of the degraded input in dB."""
        return self.rows[0].psnr_input

    def places(self, selection: Selection) -> tuple[int, int]:
        """The best rank under a selection and the next that a row has; 0 where none has one."""
        ranks = sorted({row.ranks.get(selection.key, 0) for row in self.competitors} - {0})
        return (ranks[0] if ranks else 0), (ranks[1] if len(ranks) > 1 else 0)

    def shown(self, selection: Selection) -> list[Row]:
        """The competitors that a selection shows, best first."""
        found = [row for row in self.competitors if selection.key in row.ranks]
        return sorted(found, key=lambda row: (-row.quality, row.energy))


def boards(results: Results) -> list[Board]:
    """Return the boards in the order of the configuration, rows best first; none of no rows."""
    if results.leaderboard.empty:
        return []
    tables = dict(list(results.leaderboard.groupby(["dataset", "backbone"])))
    return [
        _board(dataset, backbone, tables[dataset, backbone], results)
        for dataset, backbone in _pairs(results)
    ]


def _pairs(results: Results) -> Iterator[tuple[str, str]]:
    """Yield (data set, backbone) as the tables name them, a part of a set with its label."""
    found = results.leaderboard[["dataset", "backbone"]].drop_duplicates().to_records(index=False)
    for benchmark in results.run["benchmarks"]:
        for dataset in benchmark["datasets"]:
            for backbone in benchmark["backbones"]:
                yield from (
                    (label, name)
                    for label, name in found
                    if (whole_set(label), name) == (dataset, backbone)
                )


def whole_set(label: str) -> str:
    """Return the name of the set that a label such as `urban100[20]` is a part of."""
    return label.split("[")[0]


def _board(dataset: str, backbone: str, table: pd.DataFrame, results: Results) -> Board:
    names = dict(zip(results.methods["method"], results.methods["name"], strict=True))
    prices = _prices(dataset, backbone, results)
    ordered = table.sort_values(["psnr", "method", "timesteps"], ascending=[False, True, True])
    rows = [
        Row(
            name=names[values["method"]],
            prices=prices[values["method"], values["timesteps"]],
            **{column: values[column] for column in COLUMNS},
        )
        for values in ordered.to_dict("records")
    ]
    board = Board(
        dataset,
        backbone,
        task=table["task"].iloc[0],
        protocol=table["protocol"].iloc[0],
        set_title=_set_title(results.run["datasets"][whole_set(dataset)], rows[0].images),
        net_title=results.run["backbones"][backbone]["title"],
        rows=rows,
        selections=selections(results.run["timesteps"]),
        refused=[
            (names[entry["method"]], entry["reason"])
            for entry in results.run["refusals"]
            if entry["backbone"] == backbone
        ],
        files=dict(zip(results.methods["method"], results.methods["source"], strict=True)),
    )
    for selection in board.selections:
        _rank(board, selection)
    return board


def _prices(
    dataset: str, backbone: str, results: Results
) -> dict[tuple[str, int], dict[str, Price]]:
    """Return what each (method, T) costs by energy model, in the configuration's order."""
    found: dict[tuple[str, int], dict[str, Price]] = {}
    table = results.prices
    mine = table[(table["dataset"] == dataset) & (table["backbone"] == backbone)]
    for values in mine.to_dict("records"):
        price = Price(**{name: values[name] for name in PRICES})
        of_row = found.setdefault((values["method"], values["timesteps"]), {})
        of_row[values["energy_model"]] = price
    return found


def _set_title(description: dict, images: int) -> str:
    """Return the data set's title, with a remark where only a part of it was run."""
    whole, title = description["images"], description["title"]
    return title if images == whole else f"{title} [{images} of {whole}]"


def _rank(board: Board, selection: Selection) -> None:
    """Enter the selection's rows and their ranks, ties to 0.01 dB shared; references are unranked.

    A reference without steps shows under every selection, one that depends on T as a method would.
    """
    references = [row for row in board.rows if row.reference]
    still = [row for row in references if not row.timesteps]
    for row in [*still, *chosen(selection, [row for row in references if row.timesteps])]:
        row.ranks[selection.key] = row.class_ranks[selection.key] = 0
    shown = chosen(selection, board.competitors)
    for row, rank in _ranked(shown):
        row.ranks[selection.key] = rank
    for kind in {row.spike_class for row in shown}:
        for row, rank in _ranked([row for row in shown if row.spike_class == kind]):
            row.class_ranks[selection.key] = rank


def _ranked(rows: list[Row]) -> list[tuple[Row, int]]:
    ranks = shared_ranks(np.array([row.psnr for row in rows])) if rows else []
    return [(row, int(rank)) for row, rank in zip(rows, ranks, strict=True)]
