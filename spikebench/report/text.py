"""How numbers are written: fixed decimals, a true minus sign, and a dash where there is none."""

import math
import re

from markupsafe import Markup, escape

from spikebench.results.columns.field import Direction

MINUS = "\N{MINUS SIGN}"
NONE = "\N{EN DASH}"
NOT_PRICED = "not priced"
ARROWS: dict[Direction, str] = {"higher": "↑", "lower": "↓", "": ""}  # which way is better
CODE = re.compile(r"`([^`]+)`")


def number(value: float | None, decimals: int, *, sign: bool = False) -> str:
    """Return `value` with `decimals` places; a dash for None and NaN.

    What rounds to zero carries no sign.
    """
    if value is None or math.isnan(value):
        return NONE
    if math.isinf(value):
        return "\N{INFINITY}" if value > 0 else f"{MINUS}\N{INFINITY}"
    text = f"{abs(value):.{decimals}f}"
    if float(text) == 0:
        return text
    return (MINUS if value < 0 else "+" if sign else "") + text


def db(value: float | None, *, sign: bool = False) -> str:
    """Return a PSNR or a difference of PSNR in dB, two decimals."""
    return number(value, 2, sign=sign)


def percent(ratio: float) -> str:
    """Return a ratio as a whole percentage."""
    return f"{ratio * 100:.0f} %"


def p_value(p: float | None) -> str:
    """Return a p-value with three decimals; a dash where no test was made."""
    return "< 0.001" if p is not None and p < 0.0005 else number(p, 3)


def listing(words: list[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def sentence(text: str) -> str:
    """Return `text` with a capital first letter, the others as they are."""
    return text[:1].upper() + text[1:]


def plural(count: int, noun: str) -> str:
    """Return `count` and the noun, with an s unless there is one."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def inline(text: str) -> Markup:
    """Return a line of text as HTML, what is in backquotes as code."""
    pieces = CODE.split(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if place % 2 else escape(piece)
        for place, piece in enumerate(pieces)
    )
