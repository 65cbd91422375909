"""Columns that several tables have: what a row is of."""

from spikebench.results.columns.field import Field, Shown

SETTING = "the configuration"

TASK = Field(
    name="task",
    kind="text",
    meaning="Task: denoise, super_resolution, derain, jpeg, or the name of a paired one.",
    source="the backbone's description",
    over_images="key",
)
DATASET = Field(
    name="dataset",
    kind="text",
    meaning="Data set; a part of one has its number of images in brackets, as in urban100[20].",
    source=SETTING,
    over_images="key",
)
IMAGE = Field(name="image", kind="text", meaning="Name of the image.", source="the data set")
BACKBONE = Field(
    name="backbone",
    kind="text",
    meaning="Network that is converted.",
    source=SETTING,
    over_images="key",
)
METHOD = Field(
    name="method",
    kind="text",
    meaning="Label of the row in the configuration: a method's file with its options.",
    source=SETTING,
    over_images="key",
    shown=Shown(place=20, key="method", title="Method", on_phone=True),
)
FAMILY = Field(
    name="family",
    kind="text",
    meaning="Family: reference, training-free, few-shot or trained.",
    source="the method's file",
    over_images="key",
    shown=Shown(place=30, key="family", title="Family", by_default=False),
)
PROTOCOL = Field(
    name="protocol",
    kind="text",
    meaning="How PSNR and SSIM are measured: channels, rounding, border.",
    source="the backbone's description",
    over_images="key",
)
TIMESTEPS = Field(
    name="timesteps",
    kind="whole",
    unit="steps",
    meaning="T, the time steps in which the image is presented, or the levels of a code whose "
    "layers wait; 0 for a reference without steps.",
    source=SETTING,
    over_images="key",
    shown=Shown(place=60, key="t", title="T", decimals=0, on_phone=True),
)
SEED = Field(
    name="seed",
    kind="whole",
    meaning="Repetition: seed of noise and calibration.",
    source=SETTING,
)
ENERGY_MODEL = Field(
    name="energy_model",
    kind="text",
    meaning="Name of the energy model that prices the row.",
    source=SETTING,
)
SELECTION = Field(
    name="rule",
    kind="text",
    meaning="Selection that says which T stands for a method: e100, e50, best, t<T> or all.",
    source="spikebench/analysis/selection.py",
)
WEIGHTS_SHA256 = Field(
    name="weights_sha256",
    kind="text",
    meaning="SHA-256 of the network's weights as used.",
    source="the weights' file",
)
DATASET_SHA256 = Field(
    name="dataset_sha256",
    kind="text",
    meaning="SHA-256 over the data set's files.",
    source="the data set's manifest",
)
METHOD_HASH = Field(
    name="method_hash",
    kind="text",
    meaning="SHA-256 of the method's code and of what it imports from the library.",
    source="the method's file",
)
GIT_COMMIT = Field(
    name="git_commit",
    kind="text",
    meaning="Commit of the checkout, with +dirty if tracked files differed that a run does not "
    "write.",
    source="git",
    stable=False,
)
VERSION = Field(
    name="version",
    kind="text",
    meaning="Version of spikebench.",
    source="the package",
    stable=False,
)
TORCH_VERSION = Field(
    name="torch_version",
    kind="text",
    meaning="Version of PyTorch.",
    source="the package",
    stable=False,
)
