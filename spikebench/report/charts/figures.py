"""Every chart of the site as PDF, for papers."""

import re
from collections.abc import Iterator
from pathlib import Path

import altair as alt
import vl_convert

from spikebench.io.atomic import atomic_path
from spikebench.report.boards.ablation import ablation
from spikebench.report.boards.board import Board
from spikebench.report.boards.of_results import boards as boards_of
from spikebench.report.charts.ablation import entropy_against_timesteps, loss_against_timesteps
from spikebench.report.charts.canvas import Frame
from spikebench.report.charts.charts import gap_against_energy, psnr_against_timesteps
from spikebench.report.charts.layer_rates import layer_rates, rate_per_layer
from spikebench.report.charts.sensitivity import ranking_over_models
from spikebench.report.results import Results
from spikebench.report.stale import keep_only

NAMES = re.compile(rb"(?:^ +/[A-Za-z]+\d+ \d+ 0 R\n)+", re.MULTILINE)  # in a page's resources
PAPER = Frame(width=430, height=270, names=190, font=11)  # pixels of 3/4 pt


def write_run_figures(folder: Path, output: Path) -> None:
    """Write the charts of the run in `folder` (results/<run>) into `output`."""
    results = Results.read(folder)
    write_figures(results, boards_of(results), output)


def write_figures(results: Results, boards: list[Board], folder: Path) -> None:
    """Write each chart of each board into `folder`, each atomically; the same chart, same bytes.

    Charts of other boards, from an earlier rendering, are removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, chart in charts(results, boards):
        written.append(folder / f"{name}.pdf")
        with atomic_path(written[-1]) as temporary:
            temporary.write_bytes(pdf(chart))
    keep_only(written, "*.pdf")


def pdf(chart: alt.LayerChart) -> bytes:
    """Return a chart as a PDF of one page.

    The renderer names what a page uses in an order that changes from call to call; here each such
    list is sorted, which moves no object.
    """
    drawn = vl_convert.vegalite_to_pdf(chart.to_dict())
    return NAMES.sub(lambda found: b"".join(sorted(found[0].splitlines(keepends=True))), drawn)


def charts(results: Results, boards: list[Board]) -> Iterator[tuple[str, alt.LayerChart]]:
    """Yield every chart with a name for its file, such as `psnr_against_timesteps-set12-dncnn`."""
    models = results.titles
    for board in boards:
        where = f"{board.dataset}-{board.backbone}".replace("[", "_").replace("]", "")
        for draw in (gap_against_energy, psnr_against_timesteps):
            yield f"{draw.__name__}-{where}", draw(board, PAPER)
        yield f"ranking_over_models-{where}", ranking_over_models(board, models, PAPER)
        rates = layer_rates(board, results)
        if rates is not None:
            yield f"rate_per_layer-{where}", rate_per_layer(rates, board, PAPER)
        found = ablation(board, results.methods)
        if found is not None:
            for chart in (loss_against_timesteps, entropy_against_timesteps):
                yield f"{chart.__name__}-{where}", chart(found, PAPER)
