"""What came of it as a file that can be committed beside the table: Markdown or JSON."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path
from spikebench.release.reproduce.outcome import Outcome, Place, Reproduction

DIGITS = 12  # of a hash that is shown


def write_evidence(found: Reproduction, file: Path) -> None:
    """Write `found` with today's date, as the ending of `file` says; see `check_ending`."""
    form = check_ending(file)
    text = form(found, datetime.now(UTC).date().isoformat())
    with atomic_path(file) as temporary:
        temporary.write_text(text, encoding="utf-8")


def check_ending(file: Path) -> Callable[[Reproduction, str], str]:
    """Return what writes the form of a file. Raises `BenchError` for all but .md and .json."""
    forms = {".md": as_markdown, ".json": as_json}
    if file.suffix not in forms:
        raise BenchError(f"{file}: a report is Markdown or JSON. Name a file .md or .json.")
    return forms[file.suffix]


def as_json(found: Reproduction, date: str) -> str:
    """Return all that is known, with whole hashes."""
    told: dict[str, Any] = {"verdict": found.verdict(), "date": date} | asdict(found)
    told["outcomes"] = [
        asdict(outcome) | {"cell": outcome.cell._asdict(), "equal": outcome.equal}
        for outcome in found.outcomes
    ]
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def as_markdown(found: Reproduction, date: str) -> str:
    """Return the verdict, where both were computed, and a line for each cell."""
    columns = [f"{table} {', '.join(names)}" for table, names in found.columns.items()]
    return "\n".join(
        [
            f"# Table {found.table} computed again",
            "",
            f"{found.verdict()} (run {found.run}, {date}). {found.drawn}.",
            "",
            "| | published | computed again |",
            "| :-- | :-- | :-- |",
            *_places(found.there, found.here),
            "",
            "| Data set | Backbone | Row | Seed | Published | Computed | Verdict |",
            "| :-- | :-- | :-- | --: | :-- | :-- | :-- |",
            *map(_line, found.outcomes),
            "",
            f"Hashes begin the SHA-256 over the compared columns: {'; '.join(columns)}.",
            "",
        ]
    )


def _places(there: Place, here: Place | None) -> list[str]:
    found = asdict(here) if here else {}
    return [f"| {name} | {text} | {found.get(name, '')} |" for name, text in asdict(there).items()]


def _line(outcome: Outcome) -> str:
    hashes = [outcome.published[:DIGITS], outcome.computed[:DIGITS]]
    verdict = outcome.verdict().replace("|", "\\|")
    return f"| {' | '.join(map(str, [*outcome.cell, *hashes, verdict]))} |"
