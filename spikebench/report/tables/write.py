"""Write the tables of a run: what the site shows in three formats, and the data behind it as CSV.

ranking, paired, ablation (.csv .md .tex)                       what the site shows of each board
prices (.csv.gz .md .tex)                                       the same under every energy model
borda, backbones, methods, energy_models, refusals, hashes      what it shows of the run
leaderboard (.csv), leaderboard_prices (.csv.gz)                every row and column behind it
comparisons, curves, standings (.csv.gz)                        and behind the comparisons
training (.csv.gz)                                              how the states of rows were trained
columns (.csv .md)                                              what each column means
references.bib                                                  the works the run rests on
"""

import gzip
from collections.abc import Iterator
from pathlib import Path

from spikebench.io.atomic import atomic_path
from spikebench.io.bibliography import FILE
from spikebench.report.boards.board import Board
from spikebench.report.boards.of_results import boards as boards_of
from spikebench.report.results import Results
from spikebench.report.stale import keep_only
from spikebench.report.tables import of_board, of_run
from spikebench.report.tables.as_csv import as_csv, frame_as_csv, rows_as_csv
from spikebench.report.tables.as_latex import as_latex
from spikebench.report.tables.as_markdown import as_markdown
from spikebench.report.tables.of_ranking import ranking
from spikebench.report.tables.references import bibliography
from spikebench.report.tables.stamp import Stamp
from spikebench.report.tables.table import Table
from spikebench.results.document import dictionary, document

BOARD = ("dataset", "backbone")
ROW = (*BOARD, "method")
# Of each file of data, the table of the run that it holds, and what each line is of
DATA = {
    "leaderboard": ("leaderboard", ROW),
    "leaderboard_prices": ("prices", ROW),
    "comparisons": ("comparisons", BOARD),
    "curves": ("curves", BOARD),
    "standings": ("standings", ()),
    "training": ("training", ()),
}
# Those that grow fastest: a line for each row with each T, energy model, selection or other row, or
# for each evaluation of a training
COMPRESSED = ("prices", "leaderboard_prices", "comparisons", "curves", "standings", "training")


def write_run_tables(
    folder: Path, output: Path, *, trust: Path | None = None, references: Path = FILE
) -> None:
    """Write the tables of the run in `folder` (results/<run>) into `output`; see `write_tables`."""
    results = Results.read(folder, trust)
    write_tables(results, boards_of(results), output, references)


def write_tables(
    results: Results, boards: list[Board], folder: Path, references: Path = FILE
) -> None:
    """Write every file into `folder`, each atomically; the same results give the same bytes.

    `references` is the BibTeX file that the run's works are taken from. Raises `BenchError` where
    it lacks one of them.
    """
    written = [_write(folder / name, text) for name, text in texts(results, boards)]
    for kind in ("*.csv", "*.csv.gz", "*.md", "*.tex"):
        keep_only(written, kind)
    _write(folder / "references.bib", bibliography(results, references))


def texts(results: Results, boards: list[Board]) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every table file; what ends with .gz is to be compressed."""
    stamp = Stamp.of(results)
    for name, tables in shown(results, boards).items():
        if not tables:
            continue
        yield _csv(name), as_csv(tables, stamp)
        yield f"{name}.md", as_markdown(tables, stamp)
        yield f"{name}.tex", as_latex(name, tables, stamp)
    yield from data(results)
    yield "columns.csv", rows_as_csv(list(dictionary()))
    yield "columns.md", document()


def data(results: Results) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of the files that hold every row and column."""
    stamp = Stamp.of(results)
    for name, (table, place) in DATA.items():
        yield _csv(name), frame_as_csv(getattr(results, table), stamp, place)


def shown(results: Results, boards: list[Board]) -> dict[str, list[Table]]:
    """Return the tables of the site by the name of their files; a run may lack some of them,
    and one without rows has no board."""
    ablations = [of_board.parts(board, results) for board in boards]
    return {
        "ranking": [ranking(board, results) for board in boards],
        "paired": [of_board.paired(board, results) for board in boards],
        "prices": [of_board.prices(board, results) for board in boards],
        "ablation": [table for table in ablations if table is not None],
        "borda": of_run.borda(results),
        "backbones": [of_run.backbones(results, boards)],
        "methods": [of_run.methods(results)],
        "energy_models": [of_run.energy_models(results)],
        "refusals": of_run.refusals(results),
        "hashes": [of_run.hashes_of(results)] if boards else [],
    }


def read(file: Path) -> str:
    """Return the text of a table file, whether or not it is compressed.

    Bytes that are no UTF-8 are replaced. Raises `OSError`, `EOFError` or `zlib.error` where a
    compressed file is damaged.
    """
    content = file.read_bytes()
    if file.suffix == ".gz":
        content = gzip.decompress(content)
    return content.decode(errors="replace")


def _csv(name: str) -> str:
    return f"{name}.csv.gz" if name in COMPRESSED else f"{name}.csv"


def _write(file: Path, text: str) -> Path:
    content = text.encode()
    if file.suffix == ".gz":
        content = gzip.compress(content, mtime=0)  # no time: the same text, the same bytes
    with atomic_path(file) as temporary:
        temporary.write_bytes(content)
    return file
