"""What it takes to come near the ANN: the least energy within a margin, by kind of spikes."""

from collections.abc import Sequence
from dataclasses import dataclass

from spikebench.report.boards.board import Board
from spikebench.report.boards.row import Row
from spikebench.report.text import NOT_PRICED, percent
from spikebench.spike_kinds import SpikeKind

MARGINS = (0.1, 0.05)  # dB below the ANN: hardly visible, and half of that
QUANTISED = "quantised ANN"  # no spikes: what a practitioner would use instead


@dataclass(frozen=True)
class Reached:
    """The rows of one kind within `margin` dB of the ANN that cost least.

    They are all whose energy is the same to a percent of the ANN's, best PSNR first; none where no
    row of the kind is within the margin, and `best` is then the one that comes nearest. `unpriced`
    says that rows are within the margin, and none of them has a price.
    """

    kind: str
    margin: float
    rows: list[Row]
    nearest: Row
    unpriced: bool = False

    @property
    def best(self) -> Row:
        return self.rows[0] if self.rows else self.nearest

    @property
    def range(self) -> str:
        """The best row's energy under all models, such as "15 % to 318 %"."""
        return spread(self.best)


def spread(row: Row) -> str:
    """Return the least and the largest energy of a row over the models, such as "15 % to 318 %"."""
    if not row.price.known:
        return NOT_PRICED
    low, high = map(percent, row.extremes)
    return low if low == high else f"{low} to {high}"


def reached(board: Board, margin: float) -> list[Reached]:
    """Return what each kind of spikes on a board needs, poorest first, the quantised ANN last.

    Energy is in units of the ANN's, under the model that ranks. Kinds without a measured row are
    left out.
    """
    rows = [row for row in board.rows if row.measured and not row.still]
    found = [
        _of_kind(kind.label, [row for row in rows if _is(row, kind)], margin)
        for kind in SpikeKind
        if kind.sends
    ]
    quantised = _of_kind(QUANTISED, [row for row in rows if _is_quantised(row)], margin)
    return [each for each in (*found, quantised) if each is not None]


@dataclass(frozen=True)
class Matrix:
    """What every board needs, by kind: within each of `MARGINS`, or why there is no row."""

    kinds: list[str]
    lines: list[tuple[Board, list[tuple[Reached, ...] | str]]]


def matrix(boards: Sequence[Board]) -> Matrix:
    """Return the table of boards and kinds of spikes, with the kinds that any board has."""
    found = [[{each.kind: each for each in reached(b, m)} for m in MARGINS] for b in boards]
    there = {kind for first, *_ in found for kind in first}
    kinds = [kind for kind in (*(kind.label for kind in SpikeKind), QUANTISED) if kind in there]
    cells = [
        [
            tuple(of_margin[kind] for of_margin in by_margin)
            if kind in by_margin[0]
            else _why_none(board, kind)
            for kind in kinds
        ]
        for board, by_margin in zip(boards, found, strict=True)
    ]
    return Matrix(kinds, list(zip(boards, cells, strict=True)))


def _why_none(board: Board, kind: str) -> str:
    """Say why a board has no row of a kind: nobody ran one, or the network needs a sign.

    The latter is taken from the rows: all that ran, timed codes too, sent negative spikes.
    """
    sent = [SpikeKind.of(row.spike_class) for row in board.competitors if row.measured]
    signed = bool(sent) and all(each.traits.sign for each in sent)
    plain = {each.label for each in SpikeKind if each.sends and not each.traits.sign}
    return "negative values need a sign" if signed and kind in plain else "no row"


def _is(row: Row, kind: SpikeKind) -> bool:
    return not row.reference and row.spike_class == kind.label


def _is_quantised(row: Row) -> bool:
    """Whether a reference sends few bits: an ANN that was trained on costs what the ANN costs."""
    return row.reference and row.extremes != (1.0, 1.0)


def _of_kind(kind: str, rows: list[Row], margin: float) -> Reached | None:
    if not rows:
        return None
    within = [row for row in rows if row.gap_db >= -margin]
    near = [row for row in within if row.price.known]
    least = percent(min((row.energy for row in near), default=0.0))
    tied = sorted(
        (row for row in near if percent(row.energy) == least),
        key=lambda row: (-row.quality, row.energy, row.timesteps),
    )
    nearest = max(rows, key=lambda row: row.gap_db)
    return Reached(kind, margin, tied, nearest, unpriced=bool(within) and not near)
