"""The tables that the site shows of the run as a whole."""

import pandas as pd

from spikebench.analysis.selection import DEFAULT
from spikebench.report.boards.board import Board
from spikebench.report.boards.compared import standings
from spikebench.report.boards.trust import hashes, known_numbers
from spikebench.report.results import Results
from spikebench.report.tables.table import Column, Line, Table
from spikebench.report.text import sentence
from spikebench.results.frames import records

CAPTION = (
    "Known PSNR beside what was measured here. Of our own training it is a regression check: it "
    "shows that nothing has changed."
)


def borda(results: Results) -> list[Table]:
    """Return the Borda counts over all boards and by task; none with a single board."""
    columns = [
        Column("rank", "Rank", decimals=0),
        Column("method", "Method"),
        Column("points", "Points", better="higher", decimals=1),
        Column("share", "Of those possible", better="higher", decimals=2),
        Column("boards_run", "Boards run", decimals=0),
        Column("boards_ranked", "With a row here", decimals=0),
        Column("boards", "Boards", decimals=0),
    ]
    keys = ("rank", "name", "points", "share", "boards_run", "boards_ranked", "boards")
    return [
        Table(
            f"Borda count, {standing.title}",
            columns,
            [Line([row[key] for key in keys]) for row in standing.rows],
            f"Over {standing.boards} boards. {sentence(DEFAULT.label)}.",
            keys={"scope": standing.title},
        )
        for standing in standings(results)
    ]


def backbones(results: Results, boards: list[Board]) -> Table:
    """Return the known numbers of the backbones beside those measured here."""
    columns = [
        Column("backbone", "Network"),
        Column("dataset", "Set"),
        Column("protocol_known", "Protocol"),
        Column("stated", "Known", "dB", decimals=2),
        Column("here", "Here", "dB", decimals=2),
        Column("difference", "Difference", "dB", decimals=2, sign=True),
        Column("stated_ssim", "SSIM known", decimals=4),
        Column("here_ssim", "SSIM here", decimals=4),
        Column("floor", "Input", "dB", decimals=2),
        Column("origin", "Stated by", prose=True),
        Column("source", "Source", prose=True),
    ]
    fields = ["protocol" if c.key == "protocol_known" else c.key for c in columns]
    known = known_numbers(results, boards)
    lines = [Line([getattr(entry, name) for name in fields]) for entry in known]
    return Table("Backbones", columns, lines, CAPTION)


def methods(results: Results) -> Table:
    """Return what each row is."""
    columns = [
        Column("method", "Row"),
        Column("name", "Name"),
        Column("title", "Method", prose=True),
        Column("family", "Family"),
        Column("citation", "BibTeX key"),
        Column("options", "Options", prose=True),
        Column("summary", "What it does", shown=False),
        Column("source", "File", shown=False),
        Column("method_hash", "SHA-256", shown=False),
    ]
    return _of_frame("Methods", results.methods, columns)


def energy_models(results: Results) -> Table:
    """Return what each energy model prices and leaves out."""
    columns = [
        Column("name", "Name", shown=False),
        Column("title", "Energy model"),
        Column("source", "Prices", prose=True),
        Column("omits", "Leaves out", prose=True),
    ]
    caption = "They price counted operations; they are no measurement on a chip."
    return _of_frame("Energy models", results.energy_models, columns, caption)


def refusals(results: Results) -> list[Table]:
    """Return which method does not convert which network, and why; nothing where all do."""
    columns = [
        Column("backbone", "Network"),
        Column("method", "Row"),
        Column("reason", "Reason", prose=True),
    ]
    lines = [Line([entry[c.key] for c in columns]) for entry in results.run["refusals"]]
    caption = "A method that cannot convert a network says why."
    return [Table("Refusals", columns, lines, caption)] if lines else []


def hashes_of(results: Results) -> Table:
    """Return the hashes of data, weights, methods and evaluator."""
    columns = [
        Column("kind", "Kind"),
        Column("name", "Name"),
        Column("sha256", "SHA-256"),
    ]
    return Table("Hashes", columns, [Line(list(entry)) for entry in hashes(results)])


def _of_frame(title: str, frame: pd.DataFrame, columns: list[Column], caption: str = "") -> Table:
    lines = [Line([row[c.key] for c in columns]) for row in records(frame)]
    return Table(title, columns, lines, caption)
