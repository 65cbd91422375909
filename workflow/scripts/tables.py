"""Write the tables of the run as CSV, Markdown and LaTeX, and the works behind them."""

from pathlib import Path

from spikebench.report.boards.of_results import boards
from spikebench.report.results import Results
from spikebench.report.tables import write_tables
from spikebench.run.logs import job

with job(snakemake):
    trust = Path(snakemake.input.trust[0]) if snakemake.input.trust else None
    results = Results.read(Path(snakemake.input.tables[0]).parent, trust)
    write_tables(
        results,
        boards(results),
        Path(snakemake.output[0]),
        references=Path(snakemake.input.references),
    )
