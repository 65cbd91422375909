"""Numbers that cannot be: a page that showed one would be wrong, so a run that has one stops here.

Each check is a fact of the measurement that no method, network or image can break. What is found
points to a mistake in the benchmark, in a method file, or to damaged data.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from spikebench.errors import BenchError
from spikebench.results.frames import records
from spikebench.spike_kinds import SpikeKind

BELOW_INPUT = 10.0  # dB by which no trained network makes an image worse
# The most that one neuron can send in a step, by the kind as tables name it
MULTIPLICITY = {kind.label: kind.traits.most for kind in SpikeKind if kind.traits.most is not None}
ROUNDED = 1 + 1e-9  # counts are means over images
SHOWN = 3
CELL = ["dataset", "backbone", "method", "seed"]

Found = Iterator[tuple[str, pd.DataFrame]]


def refuse_impossible(
    images: pd.DataFrame, layers: pd.DataFrame, energy: pd.DataFrame, methods: pd.DataFrame
) -> None:
    """Raise `BenchError` with one line for each kind of impossible number in a run's tables."""
    found = [*_of_images(images), *_of_layers(layers), *_of_energy(images, energy, methods)]
    lines = [_line(what, rows) for what, rows in found if len(rows)]
    if lines:
        raise BenchError(
            "The run holds numbers that cannot be, so nothing is shown:\n" + "\n".join(lines)
        )


def _of_images(images: pd.DataFrame) -> Found:
    # A flat image may be degraded to itself: what is infinite has no distance.
    lost = images["psnr_input"].where(np.isfinite(images["psnr_input"])) - images["psnr_ann"]
    yield (
        f"the ANN is more than {BELOW_INPUT:g} dB below its own input: are these weights of "
        "this network, and this task's?",
        images[lost > BELOW_INPUT],
    )
    yield "SSIM is outside -1 to 1", images[~images["ssim"].between(-1, 1)]
    counts = ["neurons", "synops", "macs_cached", "macs_streaming", "state_ops", "macs_dense"]
    yield "a count is below zero", images[(images[counts] < 0).any(axis=1)]


def _of_layers(layers: pd.DataFrame) -> Found:
    """A neuron sends at most so many spikes a step, each of which reaches at most so many outputs.

    Between a neuron and a synapse a map may be enlarged, bilinearly at most: then a neuron stands
    in four times as many places as the map has grown.
    """
    spiking = layers[layers["input_kind"].isin(MULTIPLICITY)]
    multiplicity = spiking["input_kind"].map(MULTIPLICITY).astype(float)
    sendable = multiplicity * spiking["neurons"] * spiking["passes"]
    yield (
        "more spikes than multiplicity x neurons x steps",
        spiking[spiking["spikes"] > sendable * ROUNDED],
    )
    grown = spiking["inputs"] / spiking["neurons"].clip(lower=1)
    fan_out = spiking["kernel"] * spiking["channels_out"] * np.where(grown > 1, 4 * grown, 1)
    yield (
        "more SynOps than multiplicity x neurons x fan-out x steps",
        spiking[spiking["synops"] > sendable * fan_out * ROUNDED],
    )


def _of_energy(images: pd.DataFrame, energy: pd.DataFrame, methods: pd.DataFrame) -> Found:
    """What an anytime method did until T is part of what it did until a later T.

    A phase that follows T, such as one that reuses residual potential, may be shorter after more
    steps: rows with one are left out.
    """
    follows = images[images["latency_steps"] > images["timesteps"]]["method"].unique()
    anytime = methods[(methods["anytime"] == "true") & ~methods["method"].isin(follows)]["method"]
    rows = energy[energy["method"].isin(anytime)].sort_values("timesteps")
    before = rows.groupby([*CELL, "energy_model"])["energy_nj"].shift()
    yield (
        "energy falls as T grows, though the method is run once for all T",
        rows[rows["energy_nj"] * ROUNDED < before],
    )


def _line(what: str, rows: pd.DataFrame) -> str:
    columns = [
        name for name in (*CELL, "timesteps", "image", "layer", "energy_model") if name in rows
    ]
    shown = "; ".join(
        ", ".join(f"{name} {value}" for name, value in row.items())
        for row in records(rows[columns].head(SHOWN))
    )
    more = f"; and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    return f"- {what} ({shown}{more})."
