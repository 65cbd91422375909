"""All tables of a run, by the name of their file."""

from spikebench.results.columns.comparisons import COMPARISONS, CURVES, STANDINGS
from spikebench.results.columns.description import ENERGY_MODELS, METHODS, RUN
from spikebench.results.columns.energy import ENERGY, PRICES
from spikebench.results.columns.evaluators import EVALUATORS
from spikebench.results.columns.field import Field, Table
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.layers import LAYERS
from spikebench.results.columns.leaderboard import LEADERBOARD
from spikebench.results.columns.pictures import SHOWN_PICTURES
from spikebench.results.columns.training import TRAINING
from spikebench.results.columns.verification import TRUST, VERIFIED

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        IMAGES,
        LAYERS,
        SHOWN_PICTURES,
        METHODS,
        ENERGY_MODELS,
        RUN,
        TRAINING,
        EVALUATORS,
        ENERGY,
        LEADERBOARD,
        PRICES,
        COMPARISONS,
        CURVES,
        STANDINGS,
        VERIFIED,
        TRUST,
    )
}
# What the page's leaderboard shows: a row, its price under the chosen model, its method's summary,
# the steps of its training.
SHOWN: list[Field] = sorted(
    {
        field.name: field
        for table in (LEADERBOARD, PRICES, METHODS, TRAINING)
        for field in table.fields
        if field.shown
    }.values(),
    key=lambda field: field.shown.place if field.shown else 0,
)
