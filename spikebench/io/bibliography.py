"""Read docs/references.bib, as it is written here: an entry's fields indented by two spaces."""

import re
from dataclasses import dataclass
from pathlib import Path

from spikebench.errors import BenchError

FILE = Path("docs/references.bib")
ENTRY = re.compile(r"^@(\w+)\{([^,\s]+),\n(.*?)^\}", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^ {2}(\w+)\s*= \{(.*?)\},$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """A work that can be cited: `kind` is BibTeX's, "article"; `text` is all of it."""

    kind: str
    key: str
    fields: dict[str, str]
    text: str


def read_bibliography(file: Path = FILE) -> list[Entry]:
    """Return all entries of a BibTeX file. Raises `BenchError` where there is no such file."""
    if not file.is_file():
        raise BenchError(f"There is no {file}. Run this in the root folder of the checkout.")
    return parse(file.read_text(encoding="utf-8"))


def parse(text: str) -> list[Entry]:
    """Return all entries of a text in BibTeX."""
    return [
        Entry(found[1], found[2], dict(FIELD.findall(found[3])), found[0])
        for found in ENTRY.finditer(text)
    ]


def bibtex(key: str, file: Path = FILE) -> str:
    """Return the entry that has this key; empty for "none", and for a key that is not there."""
    return next((entry.text for entry in read_bibliography(file) if entry.key == key), "")
