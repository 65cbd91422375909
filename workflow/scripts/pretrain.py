"""Train one backbone by the recipe in its manifest."""

from pathlib import Path

from spikebench.run.logs import job
from spikebench.training.pretrain import pretrain

with job(snakemake):
    pretrain(
        backbone=snakemake.wildcards.backbone,
        dataset_folder=Path(snakemake.input.dataset),
        output=Path(snakemake.output.weights),
    )
