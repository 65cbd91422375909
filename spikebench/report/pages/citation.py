"""A BibTeX entry in words."""

import re
import unicodedata
from dataclasses import dataclass

from spikebench.io.bibliography import parse
from spikebench.report.text import listing

# Accents that follow a backslash, as combining characters
ACCENTS = {"'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "c": "\u0327"}
ACCENT = re.compile(r"""\\(['`^"~]|c(?=[\s{]))\s*\{?([A-Za-z])\}?""")
# Letters that TeX names in place of composing them; a name ends before what is no letter
LETTERS = {"l": "ł", "L": "Ł", "o": "ø", "O": "Ø", "ss": "ß", "ae": "æ", "AE": "Æ", "aa": "å"}
LETTER = re.compile(r"\\(ss|ae|AE|aa|[lLoO])(?![A-Za-z])\s*")
MOST_AUTHORS = 8


@dataclass(frozen=True)
class Work:
    """A work that is cited: who, what and where, in words; `doi` may be empty."""

    authors: str
    title: str
    venue: str  # with volume, pages and year
    doi: str


def in_words(bibtex: str) -> Work | None:
    """Return the first work of a BibTeX text; None where there is none."""
    entries = parse(bibtex)
    if not entries:
        return None
    fields = {name: plain(value) for name, value in entries[0].fields.items()}
    return Work(
        _authors(fields.get("author", "")), fields["title"], _venue(fields), fields.get("doi", "")
    )


def plain(text: str) -> str:
    """Return TeX as plain text: accents composed, braces gone, spaces single, dashes true."""
    text = ACCENT.sub(lambda found: found[2] + ACCENTS[found[1]], text)
    text = LETTER.sub(lambda found: LETTERS[found[1]], text)
    text = re.sub(r"\\([&%_#$])", r"\1", text).replace("--", "\N{EN DASH}").replace("~", " ")
    text = text.replace("{", "").replace("}", "")
    return " ".join(unicodedata.normalize("NFC", text).split())


def _authors(field: str) -> str:
    """Return "Jane Doe and Karl Müller" of "Doe, Jane and Müller, Karl"."""
    names = [" ".join(reversed(name.split(", ", 1))) for name in field.split(" and ")]
    if "others" in names or len(names) > MOST_AUTHORS:
        return f"{names[0]} et al."
    return listing(names)


def _venue(fields: dict[str, str]) -> str:
    """Return where it appeared, as in "A Journal 11(2), 682, 2017"."""
    place = fields.get("journal") or fields.get("booktitle") or fields.get("howpublished", "")
    number = f"({fields['number']})" if "number" in fields else ""
    where = " ".join(filter(None, [place, fields.get("volume", "") + number]))
    return ", ".join(filter(None, [where, fields.get("pages"), fields.get("year")]))
