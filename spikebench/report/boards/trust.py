"""What lets a reader trust a run: known numbers beside ours, and what is left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from spikebench.report.boards.board import Board
from spikebench.report.results import Results
from spikebench.results.frames import records

CLOSE = 0.03  # dB; what other noise seeds and another order of sums may move a mean
PUBLISHED = "published"  # as the trust table says, else "measured"
CIRCULAR = (
    "They were stated by this project when it trained the networks: that they come out again shows "
    "that nothing has changed, not that the networks are as good as others'."
)


@dataclass(frozen=True)
class Known:
    """A backbone's known PSNR in dB beside the one measured here; None if it was not.

    `published` says whether others stated it; else this project did when it trained the network.
    """

    backbone: str
    dataset: str
    protocol: str
    stated: float
    here: float | None
    source: str
    stated_ssim: float | None = None
    here_ssim: float | None = None
    floor: float | None = None  # the degraded input's PSNR
    note: str = ""
    published: bool = True

    @property
    def origin(self) -> str:
        """Who stated the number."""
        return "others" if self.published else "this project"

    @property
    def difference(self) -> float | None:
        """Ours minus the stated one, in dB."""
        return None if self.here is None else self.here - self.stated


def known_numbers(results: Results, boards: list[Board]) -> list[Known]:
    """Return what is known about each backbone of the run, beside its verification or its ANN row.

    The trust table has whole sets and every protocol; without it the run's own ANN rows have to do,
    where they are of whole sets.
    """
    if results.trust is not None:
        return from_table(results.trust[results.trust["backbone"].isin(results.run["backbones"])])
    ceilings = {(board.dataset, board.backbone): board for board in boards}
    return [
        Known(
            backbone=description["title"],
            dataset=score["dataset"],
            protocol=score["protocol"],
            stated=score["psnr"],
            here=_ceiling(ceilings.get((score["dataset"], name)), score["protocol"]),
            source=score["source"],
            published=published,
        )
        for name, description in results.run["backbones"].items()
        for score, published in _scores(description)
    ]


def from_table(table: pd.DataFrame) -> list[Known]:
    """Return the rows of a trust table (`results.columns.verification`), in its order."""
    return [
        Known(
            backbone=row["title"],
            dataset=row["dataset"],
            protocol=row["protocol"],
            stated=row["stated_psnr"],
            here=_or_none(row["psnr"]),
            source=row["source"],
            stated_ssim=_or_none(row["stated_ssim"]),
            here_ssim=_or_none(row["ssim"]),
            floor=_or_none(row["psnr_input"]),
            note=row["note"],
            published=row["kind"] == PUBLISHED,
        )
        for row in records(table)
    ]


@dataclass(frozen=True)
class Check:
    """Known numbers of one origin: what they are called, how they came out, what that shows."""

    title: str
    said: str
    known: list[Known]


def checks(known: list[Known]) -> list[Check]:
    """Return the published numbers and, apart from them, the regression check; none of neither.

    A number that this project measured itself can only show that nothing has changed since.
    """
    published = [entry for entry in known if entry.published]
    own = [entry for entry in known if not entry.published]
    found = [
        Check("Published numbers", _outcome(published, "published numbers"), published),
        Check("Regression check", f"{_outcome(own, 'numbers of our own')} {CIRCULAR}", own),
    ]
    return [check for check in found if check.known]


def _outcome(known: list[Known], what: str) -> str:
    """Return in one sentence how far known numbers came out here."""
    measured = [entry.difference for entry in known if entry.difference is not None]
    if not measured:
        return f"None of {len(known)} {what} was measured in this run."
    close = [difference for difference in measured if round(abs(difference), 6) <= CLOSE]
    return (
        f"{len(measured)} of {len(known)} {what} were measured; {len(close)} of them came out "
        f"within {CLOSE} dB."
    )


def _or_none(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


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
    evaluators = sorted(images["evaluator_hash"].unique())
    return [*lines, *(("evaluator", "spikebench", found) for found in evaluators)]


def _scores(description: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield each known number of a backbone, and whether it was published."""
    yield from ((score, True) for score in description["published"])
    yield from ((score, False) for score in description["measured"])


def _ceiling(board: Board | None, protocol: str) -> float | None:
    """Return the ANN's PSNR under this protocol.

    None for a part of a set, be it that it has a label or that images are left out.
    """
    whole = board is not None and board.protocol == protocol and not board.left_out
    return board.ceiling if board and whole else None
