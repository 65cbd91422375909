"""Convert one backbone by one method."""

from pathlib import Path

from spikebench.run.logs import job
from spikebench.stages.convert import convert

with job(snakemake):
    convert(
        **snakemake.params.conversion,
        device=snakemake.params.device,
        weights=Path(snakemake.input.weights),
        method_file=Path(snakemake.params.method_file),
        calibration_folder=Path(snakemake.input.calibration),
        tuned=Path(snakemake.input.tuned[0]) if snakemake.input.tuned else None,
        output=Path(snakemake.output[0]),
    )
