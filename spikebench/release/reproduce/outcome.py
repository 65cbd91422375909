"""What came of the cells that were computed again, in words."""

from dataclasses import asdict, dataclass

from spikebench.release.reproduce.draw import TableCell


@dataclass(frozen=True)
class Outcome:
    """A cell: equal where both texts are empty.

    `difference` is the first value that is another one, `failure` why there is no value. `images`
    and `layers` count its published rows, `published` and `computed` are hashes of all compared
    columns, 64 hex digits; "" where nothing was computed.
    """

    cell: TableCell
    images: int
    layers: int
    published: str
    computed: str = ""
    difference: str = ""
    failure: str = ""

    @property
    def equal(self) -> bool:
        return not (self.difference or self.failure)

    def verdict(self) -> str:
        """Return what came of the cell in words."""
        if self.failure:
            return f"not computed: {self.failure}"
        return self.difference or f"equal, {self.images} rows of images and {self.layers} of layers"


@dataclass(frozen=True)
class Drawn:
    """The draw: `cells` of the `candidates` with this seed; `there` cells are in the table.

    Where `most_seconds` is a number, candidates are the cells that took no longer; none of them
    are the cells `trained_again`, whose state is another one here, and those computed `elsewhere`,
    by another kind of processor.
    """

    cells: int
    seed: int
    candidates: int
    there: int
    most_seconds: float | None = None
    trained_again: int = 0
    elsewhere: int = 0

    def __str__(self) -> str:
        least = "" if self.most_seconds is None else f" that took at most {self.most_seconds:g} s"
        others = {
            "no longer with the state that is committed": self.trained_again,
            "by another kind of processor": self.elsewhere,
        }
        said = [f", {count} of them {why}" for why, count in others.items() if count]
        return (
            f"{self.cells} of {self.candidates} cells{least}, drawn with seed {self.seed}; the "
            f"table has {self.there}{''.join(said)}"
        )


@dataclass(frozen=True)
class Place:
    """Where rows were computed, as they say themselves; several values are joined by "and"."""

    evaluator: str
    commit: str
    version: str
    torch: str
    device: str
    python: str
    platform: str

    def differences(self, other: "Place") -> list[str]:
        """Return what is not as in another place, such as "torch 2.13.0, there 2.12.0"."""
        mine, theirs = asdict(self), asdict(other)
        return [
            f"{name} {mine[name]}, there {theirs[name]}"
            for name in mine
            if mine[name] != theirs[name]
        ]


@dataclass(frozen=True)
class Reproduction:
    """All of it: the table's id and run, the draw, both places and what came of each cell.

    `columns` are those compared, by table. `here` is None where no cell could be computed.
    """

    table: str
    run: str
    drawn: Drawn
    there: Place
    here: Place | None
    columns: dict[str, list[str]]
    any_evaluator: bool
    outcomes: list[Outcome]

    @property
    def equal(self) -> bool:
        return all(outcome.equal for outcome in self.outcomes)

    def lines(self) -> list[str]:
        """Return a line for each cell, what else is another here and there, and the verdict."""
        cells = [f"{outcome.cell}: {outcome.verdict()}" for outcome in self.outcomes]
        return [*cells, *self.elsewhere(), self.verdict()]

    def elsewhere(self) -> list[str]:
        """Return, where a cell is not equal, what else is not as it was for the table."""
        if self.equal or self.here is None:
            return []
        return [f"Computed here with {word}." for word in self.here.differences(self.there)]

    def verdict(self) -> str:
        """Return the last line: how many cells are equal."""
        count = sum(outcome.equal for outcome in self.outcomes)
        columns = "stable column but hashes of code" if self.any_evaluator else "stable column"
        failed = sum(bool(outcome.failure) for outcome in self.outcomes)
        more = f"; {failed} could not be computed" if failed else ""
        return f"{count} of {len(self.outcomes)} cells equal in every {columns}{more}"
