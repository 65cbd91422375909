"""Fine-tune one backbone by one recipe."""

from pathlib import Path

from spikebench.run.logs import job
from spikebench.training.finetune.run import finetune

with job(snakemake):
    finetune(
        backbone=snakemake.wildcards.backbone,
        recipe=snakemake.wildcards.recipe,
        weights=Path(snakemake.input.weights),
        dataset_folder=Path(snakemake.input.dataset),
        output=Path(snakemake.output.state),
    )
