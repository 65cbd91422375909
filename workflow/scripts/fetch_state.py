"""Bring the pinned fine-tuned state of one backbone, verified."""

from pathlib import Path

from spikebench.run.logs import job
from spikebench.training.finetune.state import fetch_state

with job(snakemake):
    fetch_state(
        backbone=snakemake.wildcards.backbone,
        recipe=snakemake.wildcards.recipe,
        weights=Path(snakemake.input.weights),
        destination=Path(snakemake.output[0]),
    )
