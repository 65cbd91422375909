"""Train one backbone by the recipe in its manifest."""

from pathlib import Path

from spikebench.ann.pretrain import pretrain
from spikebench.script import job

with job(snakemake):
    pretrain(
        backbone=snakemake.wildcards.backbone,
        dataset_folder=Path(snakemake.input.dataset),
        output=Path(snakemake.output.weights),
    )
