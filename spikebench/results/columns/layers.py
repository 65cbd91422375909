"""layers.parquet: one row for each synapse or analogue node at each T, averaged over images."""

from spikebench.results.columns.common import BACKBONE, DATASET, METHOD, SEED, TASK, TIMESTEPS
from spikebench.results.columns.field import Field, Table

COUNTED = "evaluate: counted on the simulated tensors, mean over the images"
OF_THE_ANN = "evaluate: counted on the ANN, mean over the images"


def _real(name: str, meaning: str, source: str, unit: str = "") -> Field:
    return Field(name=name, kind="real", meaning=meaning, source=source, unit=unit)


LAYERS = Table(
    "layers",
    "a synapse or an analogue node at one T: what the row's network did there in `passes` passes, "
    "and what the ANN does there once (`macs_dense`, `macs_effective`) on which shape",
    keys=("dataset", "backbone", "method", "seed", "timesteps", "layer"),
    fields=(
        TASK,
        DATASET,
        BACKBONE,
        METHOD,
        Field(
            name="layer",
            kind="text",
            meaning="Name of the synapse in the network.",
            source="the backbone",
        ),
        Field(name="op", kind="text", meaning="Its operation, as Conv2d.", source="the backbone"),
        Field(
            name="input_kind",
            kind="text",
            meaning="Kind of spikes that enter it, audited; analogue if they are none.",
            source=COUNTED,
        ),
        TIMESTEPS,
        SEED,
        _real("neurons", "Neurons that feed it.", COUNTED),
        _real("events", "Non-zero outputs of these neurons, over all passes.", COUNTED),
        _real("spikes", "The same with multiplicity: a burst of n is n.", COUNTED),
        _real("synops", "Accumulates that these spikes cause.", COUNTED, "operations"),
        _real("macs_cached", "MACs on analogue input, constants once.", COUNTED, "operations"),
        _real("macs_streaming", "MACs on analogue input, every step.", COUNTED, "operations"),
        _real("rate", "Spikes per neuron and pass.", COUNTED),
        _real("passes", "Steps that the neurons behind it take, in all phases.", COUNTED),
        Field(
            name="bits",
            kind="whole",
            unit="bits",
            nullable=True,
            later=True,
            meaning="Bits of each activation that enters it, where the neurons before it quantise "
            "and do not spike; missing elsewhere.",
            source="evaluate: the neurons",
        ),
        _real("macs_dense", "MACs of the ANN, zeros included.", OF_THE_ANN, "operations"),
        _real("macs_effective", "MACs of the ANN without zeros.", OF_THE_ANN, "operations"),
        _real("inputs", "Elements of the input map.", OF_THE_ANN),
        _real("outputs", "Elements of the output map.", OF_THE_ANN),
        _real("weights", "Weights.", OF_THE_ANN),
        _real("biases", "Biases.", OF_THE_ANN),
        _real("kernel", "Positions of the kernel, such as 9 of 3 x 3.", OF_THE_ANN),
        _real("channels_in", "Channels of the input map.", OF_THE_ANN),
        _real("channels_out", "Channels of the output map.", OF_THE_ANN),
        _real("analogue_macs", "MACs of an analogue node, 0 for a synapse.", COUNTED, "operations"),
        _real(
            "special_ops",
            "Exponentials, roots and quotients of an analogue node.",
            COUNTED,
            "operations",
        ),
    ),
)
