"""Write the tables of the run as CSV, Markdown and LaTeX, and the works behind them."""

from pathlib import Path

from spikebench.report.tables import write_run_tables
from spikebench.run.logs import job

with job(snakemake):
    write_run_tables(
        Path(snakemake.input.tables[0]).parent,
        Path(snakemake.output[0]),
        trust=Path(snakemake.input.trust[0]) if snakemake.input.trust else None,
        references=Path(snakemake.input.references),
    )
