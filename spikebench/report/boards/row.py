"""A line of the page's tables."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from spikebench.spike_kinds import SpikeKind

# Of a rival in the verdicts of prices.parquet
RIVALS = {"ann": "ANN", "effective": "sparse", "twin": "quantised"}


@dataclass(frozen=True)
class Price:
    """A row's energy under one model, in units of each rival's, and what follows from it.

    Break-even points are in spikes per neuron; NaN where there is no rival or no spike. `verdict`
    holds the keys of `RIVALS` that cost more than the row. `front` says whether no competitor of
    the board beats the row in both PSNR and energy under this model, `outer` whether no row does,
    references included.
    """

    ratio: float
    effective_ratio: float
    twin_ratio: float
    break_even_ann: float
    break_even_twin: float
    verdict: str
    front: bool = False
    outer: bool = False

    @property
    def known(self) -> bool:
        """Whether the model prices the row: the bits of a quantised ANN may not be stored."""
        return not math.isnan(self.ratio)

    @property
    def cheaper_than(self) -> str:
        """The rivals that cost more, in words; "none" if there are none."""
        return ", ".join(RIVALS[rival] for rival in self.verdict.split()) or "none"


PRICES = [column.name for column in fields(Price) if column.name not in ("front", "outer")]


@dataclass
class Row:
    """A line of a table: one method at one T (0 for a reference), on one board.

    The fields from `method` to `pareto` are columns of leaderboard.parquet, `others` holds all
    further ones. `prices` maps energy models to the row's energy, the one that ranks first.
    `per_image` is its PSNR in dB on the images that the board compares, sorted by name.
    """

    name: str
    prices: dict[str, Price]
    method: str
    family: str
    spike_class: str
    timesteps: int
    latency_steps: int
    images: int
    psnr: float
    psnr_low: float
    psnr_high: float
    gap_db: float
    gap_low: float
    gap_high: float
    ssim: float
    lpips: float
    output_entropy: float
    spikes_per_neuron: float
    psnr_ann: float
    psnr_input: float
    pareto: bool
    others: Mapping[str, Any] = field(default_factory=dict)
    per_image: np.ndarray = field(default_factory=lambda: np.empty(0), repr=False, compare=False)

    def value(self, column: str) -> Any:
        """Return the value of a column of leaderboard.parquet. Raises `KeyError` without one."""
        return getattr(self, column) if column in COLUMNS else self.others[column]

    @property
    def reference(self) -> bool:
        """Whether the row is a yardstick (`ann`, `input`) and no competitor."""
        return self.family == "reference"

    @property
    def still(self) -> bool:
        """Whether the row is a reference that runs no step, and so sends no spike."""
        return self.reference and not self.timesteps

    @property
    def measured(self) -> bool:
        """Whether it has a PSNR: a board that leaves out all images has none."""
        return not math.isnan(self.psnr)

    @property
    def quality(self) -> float:
        """The PSNR, below all others where it is missing."""
        return self.psnr if self.measured else -math.inf

    @property
    def energy(self) -> float:
        """The energy in units of the ANN's under the model that ranks, which is the first."""
        return self.price.ratio

    @property
    def price(self) -> Price:
        """What the row costs under the model that ranks."""
        return next(iter(self.prices.values()))

    def under(self, model: str) -> "Row":
        """Return the row as it is when this energy model ranks."""
        price = self.prices[model]
        return replace(self, prices={model: price} | self.prices, pareto=price.front)

    @property
    def extremes(self) -> tuple[float, float]:
        """The least and the largest energy over the models that price it, ANN = 1; else NaN."""
        known = [price.ratio for price in self.prices.values() if not math.isnan(price.ratio)]
        return min(known, default=math.nan), max(known, default=math.nan)

    @property
    def reverses(self) -> bool:
        """Whether some model puts the row above the ANN and another one below it."""
        least, most = self.extremes
        return least < 1 < most

    @property
    def sends_digits(self) -> bool:
        """Whether one step of a neuron may say what a quantised activation does, in digits."""
        return SpikeKind.of(self.spike_class).traits.digits


MADE_HERE = {"name", "prices", "others", "per_image"}
COLUMNS = [column.name for column in fields(Row) if column.name not in MADE_HERE]
