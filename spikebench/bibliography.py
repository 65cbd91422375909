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
    """A work that can be cited: `kind` is BibTeX's, such as "article"."""

    kind: str
    key: str
    fields: dict[str, str]


def read_bibliography(file: Path = FILE) -> list[Entry]:
    """Return all entries of a BibTeX file. Raises `BenchError` where there is no such file."""
    if not file.is_file():
        raise BenchError(f"There is no {file}. Run this in the root folder of the checkout.")
    text = file.read_text(encoding="utf-8")
    return [Entry(kind, key, dict(FIELD.findall(body))) for kind, key, body in ENTRY.findall(text)]
