"""The columns of the page's leaderboard, as `spikebench/results/columns/` declares them."""

from dataclasses import dataclass

from spikebench.report.results import Results
from spikebench.report.text import ARROWS
from spikebench.results.columns.energy import PRICES
from spikebench.results.columns.every import SHOWN
from spikebench.results.columns.field import Field, Shown
from spikebench.results.columns.leaderboard import LEADERBOARD
from spikebench.results.finite import FINITE_MEANS

# What a value depends on, besides the row
OF_THE_METHOD = ("method", "family", "summary")
OF_THE_RANKING = ("rank", "rank_in_class")
OF_THE_PRICE = (*(name for name in PRICES.names if name not in LEADERBOARD.names), "pareto")
ALWAYS = ("rank", "method")  # columns that a reader cannot leave out


@dataclass(frozen=True)
class Column:
    """A column of the page: what is declared of it, as templates ask for it."""

    field: Field
    shown: Shown

    @property
    def name(self) -> str:
        """The column of the table behind it."""
        return self.field.name

    @property
    def key(self) -> str:
        """Its key in the address and in style sheets."""
        return self.shown.key

    @property
    def heading(self) -> str:
        """Title and unit, such as "PSNR (dB)"."""
        unit = f" ({self.shown.unit})" if self.shown.unit else ""
        return f"{self.shown.title}{unit}"

    @property
    def arrow(self) -> str:
        """Which way is better."""
        return ARROWS[self.shown.better]

    @property
    def meaning(self) -> str:
        """What it holds, in a sentence."""
        return self.field.meaning.replace("`", "")

    @property
    def numeric(self) -> bool:
        return self.shown.decimals is not None

    @property
    def classes(self) -> str:
        """The classes of its head and entries: key, whether it is a number, left out on phones."""
        return " ".join(
            [self.key, *(["n"] if self.numeric else []), *([] if self.shown.on_phone else ["more"])]
        )


def columns(results: Results) -> list[Column]:
    """Return a run's columns, from left to right, without those of which no row has a value.

    PSNR is shown all the same: no finite value is something to see.
    """
    table = results.leaderboard
    empty = {
        field.name
        for field in LEADERBOARD.fields
        if field.nullable and not table[field.name].notna().any()
    }.difference(FINITE_MEANS)
    if results.training.empty:
        empty |= {"step"}
    return [
        Column(field, field.shown) for field in SHOWN if field.shown and field.name not in empty
    ]
