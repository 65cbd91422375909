"""Write every chart of the run as PDF."""

from pathlib import Path

from spikebench.report.boards.of_results import boards
from spikebench.report.charts.figures import write_figures
from spikebench.report.results import Results
from spikebench.run.logs import job

with job(snakemake):
    results = Results.read(Path(snakemake.input.tables[0]).parent)
    write_figures(results, boards(results), Path(snakemake.output[0]))
