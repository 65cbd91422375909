"""Evaluate one converted backbone on one data set, or on some of its images."""

from pathlib import Path

from spikebench.io.seals import seal_of
from spikebench.run.logs import job
from spikebench.stages.evaluate import CellInputs, evaluate_cell, evaluate_part

given, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
inputs = CellInputs(
    **params.evaluation,
    dataset_folder=Path(given.dataset),
    calibration_folder=Path(given.calibration),
    lpips=params.lpips,
    weights=Path(given.weights),
    method_file=Path(params.method_file),
    converted=Path(given.converted),
    tuned=Path(given.tuned[0]) if given.tuned else None,
    threads=snakemake.threads,
    device=params.device,
    settings={name: params[name] for name in ("conversion", "evaluation", "lpips")},
)

with job(snakemake):
    if snakemake.rule == "evaluate_part":
        images_at = range(int(wildcards.first), int(wildcards.stop))
        evaluate_part(images_at=images_at, output=Path(snakemake.output[0]), **inputs)
    else:
        parts = [Path(file) for file in given.parts]
        evaluate_cell(
            images_out=Path(snakemake.output.images),
            layers_out=Path(snakemake.output.layers),
            pictures_out=Path(snakemake.output.pictures),
            parts=parts,
            **inputs,
        )
        for part in parts:  # Snakemake deletes it, but knows of no seal
            seal_of(part).unlink(missing_ok=True)
