"""Evaluate one converted backbone on one data set."""

from pathlib import Path

from spikebench.data.hashing import dataset_sha256
from spikebench.data.registry import load_dataset
from spikebench.evaluate import evaluate_cell
from spikebench.provenance import file_sha256, provenance
from spikebench.script import job

weights, method_file = Path(snakemake.input.weights), Path(snakemake.input.method)
dataset_folder = Path(snakemake.input.dataset)
tuned = {Path(file).stem: file_sha256(Path(file)) for file in snakemake.input.tuned}

with job(snakemake):
    dataset = load_dataset(snakemake.wildcards.dataset, fetched=dataset_folder)
    evaluate_cell(
        **snakemake.params.evaluation,
        dataset_folder=dataset_folder,
        calibration_folder=Path(snakemake.input.calibration),
        lpips=snakemake.params.lpips if snakemake.input.lpips else None,
        weights=weights,
        method_file=method_file,
        converted=Path(snakemake.input.converted),
        threads=snakemake.threads,
        provenance=provenance(
            method_file=method_file,
            weights=weights,
            dataset_sha256=dataset_sha256(dataset, dataset_folder),
            settings=dict(snakemake.params.items()) | ({"tuned": tuned} if tuned else {}),
        ),
        images_out=Path(snakemake.output.images),
        layers_out=Path(snakemake.output.layers),
        pictures_out=Path(snakemake.output.pictures),
    )
