"""What the page says of a run's energy models, as a table."""

import pyarrow as pa

from spikebench.energy.model import EnergyModel

# `entry` is what the configuration names: a built-in model, or the path of a file.
ENERGY_MODELS = pa.schema(
    (name, pa.string()) for name in ("name", "title", "source", "omits", "first_layer", "entry")
)


def about(models: list[EnergyModel], entries: list[str]) -> pa.Table:
    """Return one row for each model, in order; `entries` are the configuration's words for them."""
    own = [name for name in ENERGY_MODELS.names if name != "entry"]
    rows = [
        {name: getattr(model, name) for name in own} | {"entry": entry}
        for model, entry in zip(models, entries, strict=True)
    ]
    return pa.Table.from_pylist(rows, ENERGY_MODELS)
