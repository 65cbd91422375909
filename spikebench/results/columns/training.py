"""The learning curves of the fine-tuned states that a run's rows have."""

from spikebench.results.columns.common import BACKBONE
from spikebench.results.columns.field import Field, Shown, Table

CURVE = "finetune: the curve beside the state"
HELD_OUT = "finetune: patches that were not trained on"

TRAINING = Table(
    "training",
    "an evaluation while a state was trained",
    keys=("backbone", "recipe", "step"),
    fields=(
        BACKBONE,
        Field(
            name="recipe",
            kind="text",
            meaning="Recipe in finetuning/, which rows name by their option `tuned`.",
            source="the configuration",
        ),
        Field(
            name="step",
            kind="whole",
            unit="steps",
            meaning="Steps of training until then. On the page: those of the state that a row has.",
            source=CURVE,
            shown=Shown(
                place=105, key="training", title="Training steps", decimals=0, by_default=False
            ),
        ),
        Field(name="images", kind="whole", meaning="Patches trained on until then.", source=CURVE),
        Field(
            name="loss",
            kind="real",
            meaning="Mean loss of the steps since the evaluation before; missing at the start.",
            source=CURVE,
            nullable=True,
        ),
        Field(
            name="held_out_loss",
            kind="real",
            meaning="Loss on held-out patches.",
            source=HELD_OUT,
            nullable=True,
        ),
        Field(
            name="held_out_psnr",
            kind="real",
            unit="dB",
            meaning="PSNR on held-out patches.",
            source=HELD_OUT,
        ),
        Field(
            name="held_out_psnr_ann",
            kind="real",
            unit="dB",
            meaning="PSNR of the ANN, with its own weights, on the same patches.",
            source=HELD_OUT,
        ),
        Field(
            name="gap_db",
            kind="real",
            unit="dB",
            meaning="PSNR minus the ANN's, on held-out patches.",
            source=HELD_OUT,
        ),
        Field(
            name="energy",
            kind="real",
            meaning="Energy in units of the ANN's, on held-out patches (45 nm fp32, cached).",
            source=HELD_OUT,
        ),
        Field(
            name="energy_target",
            kind="real",
            meaning="Energy at which the training is to end; missing without one.",
            source=CURVE,
            nullable=True,
        ),
        Field(
            name="energy_weight",
            kind="real",
            meaning="Lambda, the weight of the energy in the loss; missing where it was not kept.",
            source=CURVE,
            nullable=True,
        ),
        Field(
            name="spikes_per_neuron",
            kind="real",
            meaning="Spikes per neuron on held-out patches.",
            source=HELD_OUT,
            nullable=True,
        ),
        Field(
            name="kept",
            kind="flag",
            meaning="Whether the state has the weights of this step.",
            source="finetune: the state",
        ),
        Field(
            name="state_sha256",
            kind="text",
            meaning="SHA-256 of the state's file.",
            source="finetune: the state",
        ),
        Field(
            name="seconds",
            kind="real",
            unit="s",
            meaning="Time since the training began.",
            source="the machine",
            stable=False,
            nullable=True,
        ),
    ),
)
