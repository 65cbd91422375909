"""energy.parquet and prices.parquet: what rows cost, one row for each energy model."""

from spikebench.results.columns.common import (
    BACKBONE,
    DATASET,
    ENERGY_MODEL,
    METHOD,
    SEED,
    TASK,
    TIMESTEPS,
)
from spikebench.results.columns.field import Field, Shown, Table

PRICED = "energy: the counts of layers.parquet and images.parquet at the model's prices"
AVERAGED = "leaderboard: energy.parquet, seeds averaged"
ANN, EFFECTIVE, TWIN = "the ANN", "the ANN without zeros", "the quantised ANN"
NJ, BREAK_EVEN = "nJ/image", "spikes/neuron"


def _real(name: str, meaning: str, unit: str = "", shown: Shown | None = None) -> Field:
    return Field(
        name=name,
        kind="real",
        unit=unit,
        meaning=meaning,
        source=PRICED,
        nullable=True,
        shown=shown,
    )


def _break_even(rival: str) -> str:
    return f"Spikes per neuron at which the row would cost what {rival} costs."


COSTS = (
    _real("energy_nj", "Energy of the row.", NJ),
    _real("energy_ann_nj", f"Energy of {ANN} on the same images.", NJ),
    _real("energy_effective_nj", f"Energy of {EFFECTIVE}.", NJ),
    _real("energy_twin_nj", f"Energy of {TWIN}; missing at T = 0.", NJ),
    _real(
        "ratio",
        f"Energy of the row over that of {ANN}.",
        "ANN = 1",
        shown=Shown(
            place=120,
            key="energy",
            title="Energy",
            unit="ANN = 1",
            better="lower",
            decimals=2,
            on_phone=True,
            in_tables="energy_ratio",
        ),
    ),
)
EVEN = (
    _real("break_even_ann", _break_even(ANN), BREAK_EVEN),
    _real("break_even_effective", _break_even(EFFECTIVE), BREAK_EVEN),
    _real("break_even_twin", _break_even(TWIN), BREAK_EVEN),
)

ENERGY = Table(
    "energy",
    "a cell at one T under one energy model",
    keys=("dataset", "backbone", "method", "timesteps", "seed", "energy_model"),
    fields=(TASK, DATASET, BACKBONE, METHOD, TIMESTEPS, SEED, ENERGY_MODEL, *COSTS, *EVEN),
)
PRICES = Table(
    "prices",
    "a row of the leaderboard under one energy model, models in the configuration's order",
    keys=("dataset", "backbone", "method", "timesteps", "energy_model"),
    fields=(
        TASK,
        DATASET,
        BACKBONE,
        METHOD,
        TIMESTEPS,
        ENERGY_MODEL,
        *COSTS,
        _real("effective_ratio", f"Energy of the row over that of {EFFECTIVE}."),
        _real("twin_ratio", f"Energy of the row over that of {TWIN}."),
        *EVEN,
        Field(
            name="verdict",
            kind="text",
            meaning="Rivals that cost more than the row, of: ann effective twin.",
            source=AVERAGED,
            shown=Shown(
                place=130,
                key="cheaper",
                title="Cheaper than",
                by_default=False,
                blank=True,
                in_tables="cheaper_than",
            ),
        ),
    ),
)
