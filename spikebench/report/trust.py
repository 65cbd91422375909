"""What lets a reader trust a run: known numbers beside ours, and what is left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from spikebench.report.board import Board
from spikebench.report.results import Results


@dataclass(frozen=True)
class Known:
    """A backbone's known PSNR in dB beside the one of this run; None if it was not run."""

    backbone: str
    dataset: str
    protocol: str
    stated: float
    here: float | None
    source: str

    @property
    def difference(self) -> float | None:
        """Ours minus the stated one, in dB."""
        return None if self.here is None else self.here - self.stated


def known_numbers(results: Results, boards: list[Board]) -> list[Known]:
    """Return what others published about each backbone, and what its training ended with."""
    ceilings = {(board.dataset, board.backbone): board for board in boards}
    return [
        Known(
            backbone=description["title"],
            dataset=score["dataset"],
            protocol=score["protocol"],
            stated=score["psnr"],
            here=_ceiling(ceilings.get((score["dataset"], name)), results),
            source=score["source"],
        )
        for name, description in results.run["backbones"].items()
        for score in _scores(description)
    ]


def hashes(results: Results) -> list[tuple[str, str, str]]:
    """Return what was run as (kind, name, SHA-256), one line for each file or set."""
    images = results.images
    lines: list[tuple[str, str, str]] = []
    for kind, name, column in (
        ("data set", "dataset", "dataset_sha256"),
        ("weights", "backbone", "weights_sha256"),
        ("method", "method", "method_hash"),
    ):
        pairs = images[[name, column]].drop_duplicates().sort_values(name)
        lines += [(kind, row[0], row[1]) for row in pairs.itertuples(index=False)]
    evaluator = images["evaluator_hash"].iloc[0]
    return [*lines, ("evaluator", "spikebench", evaluator)]


def _scores(description: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from description["published"]
    yield from description["measured"]


def _ceiling(board: Board | None, results: Results) -> float | None:
    """Return the ANN's PSNR, unless only a part of the set was run."""
    if board is None or board.images != results.run["datasets"][board.dataset]["images"]:
        return None
    return board.ceiling
