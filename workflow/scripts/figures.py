"""Write every chart of the run as PDF."""

from pathlib import Path

from spikebench.report.charts.figures import write_run_figures
from spikebench.run.logs import job

with job(snakemake):
    write_run_figures(Path(snakemake.input.tables[0]).parent, Path(snakemake.output[0]))
