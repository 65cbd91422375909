"""Crops of restored images: those of a cell, and those that a run shows."""

from spikebench.results.columns.common import (
    BACKBONE,
    DATASET,
    IMAGE,
    METHOD,
    SEED,
    TIMESTEPS,
)
from spikebench.results.columns.field import Field, Table

KEYS = ("dataset", "backbone", "method", "seed", "timesteps", "image", "role")

PICTURES = Table(
    "pictures",
    "a crop of a cell, of every image",
    keys=KEYS,
    fields=(
        DATASET,
        IMAGE,
        BACKBONE,
        METHOD,
        Field(
            name="role",
            kind="text",
            meaning="What the crop is of: restored, target, input or ann.",
            source="evaluate",
        ),
        TIMESTEPS,
        SEED,
        Field(
            name="webp",
            kind="binary",
            meaning="Centre of the image as a lossy WebP file, to look at and not to measure.",
            source="evaluate",
        ),
    ),
)
SHOWN_PICTURES = Table(
    "pictures",
    "a crop that the run shows, of up to three images on each board",
    keys=KEYS,
    fields=(
        *PICTURES.fields,
        Field(
            name="choice",
            kind="text",
            meaning="Why the image is shown: it loses most (worst), least (best) or the median.",
            source="collect",
        ),
    ),
)
