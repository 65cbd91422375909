"""What each system does, layer by layer, in the same columns, so that one price fits all.

- `snn`: what the row's network did, as counted. Where its input was analogue these are MACs.
- `ann`: the network as an ANN, every multiply-accumulate.
- `effective`: the same without those on zeros, what an ideal sparse accelerator computes.
- `twin`: the quantised twin, an ANN with activations of b = ceil(log2(T + 1)) bits, the fewest that
  tell the T + 1 outcomes of T binary steps apart (Yan et al., arXiv 2409.08290, theorem 1). What
  reads the image keeps its full width.
- `quantised`: the row's network where it is a quantised ANN, with activations of the stored bits.
"""

from typing import Literal

import pandas as pd

from spikebench.energy.model import FirstLayer
from spikebench.spike_kinds import SpikeKind

ANALOGUE = SpikeKind.ANALOGUE.label

System = Literal["snn", "ann", "effective", "twin", "quantised"]

KEYS = ["task", "dataset", "backbone", "method", "timesteps", "seed"]
SHAPE = ["inputs", "outputs", "weights", "biases", "kernel", "channels_in", "channels_out"]
SPIKING = ["synops", "spikes", "events"]
# macs: multiply-accumulates; reads: how often the whole input map is moved as activations; bits: of
# such an activation, 0 for the model's full width; synops, spikes (with multiplicity) and events of
# the kind `input_kind`; passes: steps in which the neurons behind the layer are updated; state_ops:
# additions and comparisons outside the layers, in a row of their own; special_ops: exponentials,
# roots and quotients of analogue nodes, which every system computes once.
# `row` is the index in `rows` (see `rows_of`) that the work belongs to.
COUNTS = ["macs", "reads", "bits", *SPIKING, "passes", "state_ops", "special_ops"]
COLUMNS = ["row", "input_kind", *COUNTS, *SHAPE]


def rows_of(images: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each cell, T and seed: means over the images of images.parquet."""
    means = ["state_ops", "state_ops_ann", "spikes_per_neuron", "latency_steps"]
    return images.groupby([*KEYS, "family"], as_index=False)[means].mean()


def work(
    layers: pd.DataFrame, rows: pd.DataFrame, system: System, first_layer: FirstLayer = "cached"
) -> pd.DataFrame:
    """Return what a system does: a row for each of `layers`, and one of state for each of `rows`.

    `layers` is layers.parquet; `rows` are a cell at one T each, as `rows_of` returns them.
    """
    done = _snn(layers, first_layer) if system == "snn" else _ann(layers, system)
    row = layers[KEYS].merge(rows[KEYS].reset_index(names="row"), how="left")["row"]
    state = rows["state_ops" if system == "snn" else "state_ops_ann"]
    table = pd.concat(
        [
            layers[[*SHAPE, "special_ops"]].assign(row=row.to_numpy(), **done),
            pd.DataFrame({"row": rows.index, "state_ops": state}),
        ]
    )
    nothing = dict.fromkeys([*COUNTS, *SHAPE], 0.0) | {"input_kind": SpikeKind.NONE.label}
    return table.reindex(columns=COLUMNS).fillna(nothing).reset_index(drop=True)


def silent(table: pd.DataFrame) -> pd.DataFrame:
    """Return the same work without any spike and what spikes cause."""
    return table.assign(**dict.fromkeys(SPIKING, 0.0))


def are_bits_known(layers: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Tell of each of `rows` whether the bits of its activations were stored with its layers."""
    stored = layers[layers["bits"].notna()][KEYS].drop_duplicates()
    return rows[KEYS].merge(stored.assign(known=True), how="left")["known"].notna()


def twin_bits(timesteps: pd.Series) -> pd.Series:
    """Return ceil(log2(T + 1)) for each T, which is its number of binary digits."""
    return timesteps.map(lambda total: int(total).bit_length())


def _snn(layers: pd.DataFrame, first_layer: FirstLayer) -> dict[str, pd.Series | str]:
    macs = layers[f"macs_{first_layer}"]
    spiking = layers["input_kind"] != ANALOGUE
    return {
        "input_kind": layers["input_kind"],
        "macs": macs,
        "reads": (macs / layers["macs_dense"]).where(layers["macs_dense"] > 0, (macs > 0) * 1.0),
        "passes": layers["passes"],
        **{name: layers[name].where(spiking, 0.0) for name in SPIKING},
    }


def _ann(layers: pd.DataFrame, system: System) -> dict[str, pd.Series | str]:
    macs = layers["macs_effective" if system == "effective" else "macs_dense"]
    found: dict[str, pd.Series | str] = {
        "input_kind": ANALOGUE,
        "macs": macs,
        "reads": (layers["macs_dense"] > 0) * 1.0,
    }
    bits = {"twin": twin_bits(layers["timesteps"]), "quantised": layers["bits"].fillna(0)}
    if system in bits:
        found["bits"] = bits[system].where(layers["neurons"] > 0, 0)
    return found
