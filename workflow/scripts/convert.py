"""Convert one backbone by one method."""

from pathlib import Path

from spikebench.convert import convert_cell
from spikebench.script import job

with job(snakemake):
    convert_cell(
        **snakemake.params.conversion,
        weights=Path(snakemake.input.weights),
        method_file=Path(snakemake.input.method),
        calibration_folder=Path(snakemake.input.calibration),
        tuned=Path(snakemake.input.tuned[0]) if snakemake.input.tuned else None,
        output=Path(snakemake.output[0]),
    )
