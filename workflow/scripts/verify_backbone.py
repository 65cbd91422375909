"""Measure one backbone on one whole test set."""

from pathlib import Path

from spikebench.ann.verify import verify_backbone
from spikebench.run.logs import job

with job(snakemake):
    verify_backbone(
        backbone=snakemake.wildcards.backbone,
        weights=Path(snakemake.input.weights),
        dataset=snakemake.wildcards.dataset,
        dataset_folder=Path(snakemake.input.dataset),
        threads=snakemake.threads,
        output=Path(snakemake.output[0]),
    )
