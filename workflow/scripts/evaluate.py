"""Evaluate one converted backbone on one data set, or on some of its images."""

from pathlib import Path

from spikebench.data.hashing import dataset_sha256
from spikebench.data.registry import load_dataset
from spikebench.io.checksums import file_sha256
from spikebench.io.seals import seal_of
from spikebench.run.provenance import provenance
from spikebench.run.script import job
from spikebench.stages.evaluate import CellInputs, evaluate_cell, evaluate_part

weights, method_file = Path(snakemake.input.weights), Path(snakemake.input.method)
dataset_folder = Path(snakemake.input.dataset)
tuned = {Path(file).stem: file_sha256(Path(file)) for file in snakemake.input.tuned}

with job(snakemake):
    dataset = load_dataset(snakemake.wildcards.dataset, fetched=dataset_folder)
    inputs = CellInputs(
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
    )
    if snakemake.rule == "evaluate_part":
        images_at = range(int(snakemake.wildcards.first), int(snakemake.wildcards.stop))
        evaluate_part(images_at=images_at, output=Path(snakemake.output[0]), **inputs)
    else:
        parts = [Path(file) for file in snakemake.input.parts]
        evaluate_cell(
            images_out=Path(snakemake.output.images),
            layers_out=Path(snakemake.output.layers),
            pictures_out=Path(snakemake.output.pictures),
            parts=parts,
            **inputs,
        )
        for part in parts:  # Snakemake deletes it, but knows of no seal
            seal_of(part).unlink(missing_ok=True)
