"""The README's results: a chart and the top rows of the published run, written and never typed."""

from dataclasses import replace
from pathlib import Path

from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path
from spikebench.report.boards.board import Board
from spikebench.report.boards.findings import headline
from spikebench.report.boards.of_results import boards
from spikebench.report.charts.canvas import WIDE
from spikebench.report.charts.charts import gap_against_energy
from spikebench.report.charts.svg import svg
from spikebench.report.results import Results
from spikebench.report.tables.as_markdown import escaped, grid
from spikebench.report.tables.of_ranking import ranking
from spikebench.report.tables.table import Table
from spikebench.report.text import plural

BEGIN = "<!-- What stands here is written by `spikebench readme`. -->"
END = "<!-- The end of what is written. -->"
CHART = "readme.svg"
TOP = 5  # rows, below the references
COLUMNS = ("rank", "method", "timesteps", "psnr_db", "gap_db", "energy_ratio")


def write_readme(folder: Path, site: Path, readme: Path) -> None:
    """Write the results of the run in `folder` between the marks in README.md, and its chart.

    `site` is the run's folder of pages, where the chart is put; the README links to both. Raises
    `BenchError` where README.md lacks the marks.
    """
    results = Results.read(folder)
    first = boards(results)[0]
    text = readme.read_text(encoding="utf-8")
    before, found, rest = text.partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not (found and closed):
        raise BenchError(f"{readme} lacks the lines `{BEGIN}` and `{END}`. Put them back.")
    _write(site / CHART, standalone(svg(gap_against_energy(first, WIDE), headline(first))))
    link = site.relative_to(readme.parent).as_posix() if readme.parent in site.parents else site
    body = block(results, first, str(link))
    _write(readme, f"{before}{BEGIN}\n\n{body}\n\n{END}{after}")


def block(results: Results, board: Board, site: str) -> str:
    """Return the README's words on a run: headline, chart, the top rows of a board, where it is."""
    table = _top(ranking(board, results))
    images = results.images[["dataset", "image"]].drop_duplicates()
    return "\n\n".join(
        [
            f"**{escaped(headline(board))}** ({escaped(board.title)}).",
            f"[![PSNR against energy]({site}/{CHART})]({site}/index.html)",
            escaped(table.caption),
            grid(table),
            f"Of [the run of {results.run['created'][:10]}]({site}/index.html): "
            f"{plural(results.leaderboard['backbone'].nunique(), 'network')}, "
            f"{plural(len(images), 'image')}, {plural(len(results.methods), 'row')}. Table "
            f"`{results.table_id}`, [every table]({site}/tables) as CSV, Markdown and LaTeX.",
        ]
    )


def standalone(drawing: str) -> str:
    """Return a drawing of a page as a file of its own, on white, whatever it is shown on."""
    opening, body = drawing.split(">", 1)
    named = opening.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return (
        f'{named} font-family="system-ui, sans-serif">'
        f'<rect width="100%" height="100%" fill="#fff"/>{body}\n'
    )


def _top(table: Table) -> Table:
    """Keep the references and the best rows, and the columns that fit."""
    places = [place for place, column in enumerate(table.columns) if column.key in COLUMNS]
    competing = [line for line in table.lines if line.competes][:TOP]
    lines = [*(line for line in table.lines if not line.competes), *competing]
    return replace(
        table,
        columns=[table.columns[place] for place in places],
        lines=[replace(line, values=[line.values[place] for place in places]) for line in lines],
    )


def _write(file: Path, text: str) -> None:
    with atomic_path(file) as temporary:
        temporary.write_text(text, encoding="utf-8")
