"""The README's results: a chart, and what each kind of spikes needs; written and never typed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path
from spikebench.report.boards.board import Board
from spikebench.report.boards.findings import NEAR, headline
from spikebench.report.boards.of_results import boards
from spikebench.report.boards.reached import Reached, matrix, reached, spread
from spikebench.report.boards.row import Row
from spikebench.report.charts.canvas import WIDE
from spikebench.report.charts.charts import gap_against_energy
from spikebench.report.charts.svg import svg
from spikebench.report.results import Results
from spikebench.report.tables.as_markdown import escaped, grid
from spikebench.report.tables.table import Column, Line, Table
from spikebench.report.text import NOT_PRICED, db, percent, plural, sentence

BEGIN = "<!-- What stands here is written by `spikebench readme`. -->"
END = "<!-- The end of what is written. -->"
CHART = "readme.svg"
COLUMNS = [
    Column("spikes", "Spikes"),
    Column("method", "Method"),
    Column("timesteps", "T (all steps)"),
    Column("psnr_db", "PSNR", "dB", decimals=2),
    Column("gap_db", "Gap to ANN", "dB", decimals=2, sign=True),
    Column("energy", "Energy (ANN = 1)"),
    Column("range", "Under all energy models"),
]


def write_readme(folder: Path, site: Path, readme: Path) -> None:
    """Write the results of the run in `folder` between the marks in README.md, and its chart.

    `site` is the run's folder of pages, where the chart is put; the README links to both. Raises
    `BenchError` where README.md lacks the marks.
    """
    results = Results.read(folder)
    shown = boards(results)
    first = shown[0]
    text = readme.read_text(encoding="utf-8")
    before, found, rest = text.partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not (found and closed):
        raise BenchError(f"{readme} lacks the lines `{BEGIN}` and `{END}`. Put them back.")
    _write(site / CHART, standalone(svg(gap_against_energy(first, WIDE), headline(first))))
    link = site.relative_to(readme.parent).as_posix() if readme.parent in site.parents else site
    body = block(results, shown, str(link))
    _write(readme, f"{before}{BEGIN}\n\n{body}\n\n{END}{after}")


def block(results: Results, boards: Sequence[Board], site: str) -> str:
    """Return the README's words on a run: headline, chart, what each kind needs, where it is.

    The first board is shown row by row, all of them in a table of boards and kinds of spikes.
    """
    board = boards[0]
    model = results.energy_models.iloc[0]["title"]
    return "\n\n".join(
        [
            f"**{escaped(headline(board))}** ({escaped(board.title)}, {board.counted}; {model}).",
            f"[![PSNR against energy]({site}/{CHART})]({site}/index.html)",
            f"The least energy within {NEAR} dB of the ANN, for each kind of spikes:",
            grid(_table(board)),
            "The same on every test set and network, with the row that needs least:",
            grid(_of_all(boards)),
            f"Of [the run of {results.run['created'][:10]}]({site}/index.html): "
            f"{plural(results.leaderboard['backbone'].nunique(), 'network')}, "
            f"{plural(len(results.scenes), 'image')}, {plural(len(results.methods), 'row')}. Table "
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


def _table(board: Board) -> Table:
    """Return what each kind of spikes needs, with all that cost the same, and the ANN."""
    ann = Line(["", "ANN", "", board.ceiling, 0.0, percent(1.0), ""], competes=False)
    lines = [_line(found, row) for found in reached(board, NEAR) for row in found.rows]
    nothing = [
        Line([found.kind, f"{_missing(found)}: {found.best.name}", *_numbers(found.best), "", ""])
        for found in reached(board, NEAR)
        if not found.rows
    ]
    return Table("", COLUMNS, [ann, *lines, *nothing])


def _of_all(boards: Sequence[Board]) -> Table:
    """Return the least energy of each kind on each board, or how near its best row comes."""
    found = matrix(boards)
    kinds = [Column(kind, sentence(kind)) for kind in found.kinds]
    columns = [Column("board", "Set and network"), Column("images", "Images"), *kinds]
    lines = [
        Line([board.title, str(board.compared), *map(_cell, cells)]) for board, cells in found.lines
    ]
    return Table("", columns, lines)


def _cell(cell: tuple[Reached, ...] | str) -> str:
    if isinstance(cell, str):
        return cell
    near = cell[0]
    if near.rows:
        return f"{percent(near.best.energy)}: {near.best.name}, T = {near.best.timesteps}"
    return _missing(near) if near.unpriced else f"not reached: {db(near.best.gap_db, sign=True)} dB"


def _missing(found: Reached) -> str:
    return f"{NOT_PRICED}, within {NEAR} dB" if found.unpriced else "not reached; nearest"


def _line(found: Reached, row: Row) -> Line:
    return Line([found.kind, row.name, *_numbers(row), percent(row.energy), spread(row)])


def _numbers(row: Row) -> list[Any]:
    beyond = f" ({row.latency_steps})" if row.latency_steps > row.timesteps else ""
    return [f"{row.timesteps}{beyond}", row.psnr, row.gap_db]


def _write(file: Path, text: str) -> None:
    with atomic_path(file) as temporary:
        temporary.write_text(text, encoding="utf-8")
