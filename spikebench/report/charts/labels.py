"""Names beside the ends of lines, in one or two lines of text, moved apart so as to be read."""

import textwrap
from dataclasses import dataclass

EM = (
    0.6  # width of a letter as a share of the size of the type; what is wider is cut by the drawing
)
LEADING, APART = 2, 2  # pixels between the lines of a name, and more of them between two names


@dataclass(frozen=True)
class Line:
    """A line of text: of which name, what it says, and the height of its middle in pixels."""

    name: int
    text: str
    height: float


def beside(names: list[str], heights: list[float], font: int, width: int, limit: int) -> list[Line]:
    """Return the names as lines of at most `width` pixels, near the rising `heights` of their ends.

    A name takes two lines at most. `font` is the size of the type, `limit` the height of the plot.
    """
    step = font + LEADING
    texts = [wrapped(name, int(width / (EM * font))) for name in names]
    middles = spread(heights, [len(text) * step + APART for text in texts], limit)
    return [
        Line(place, line, middle + (number - (len(text) - 1) / 2) * step)
        for place, (text, middle) in enumerate(zip(texts, middles, strict=True))
        for number, line in enumerate(text)
    ]


def wrapped(name: str, letters: int) -> list[str]:
    """Return a name in one or two lines of at most so many letters; "…" stands for the rest."""
    return textwrap.wrap(name, letters, max_lines=2, placeholder=" …") or [name]


def spread(heights: list[float], sizes: list[float], limit: float) -> list[float]:
    """Return rising positions of what is so high, near the rising `heights`, below `limit`.

    Each is first pushed down by the one above it; the block that runs over the limit is then
    pushed up. Units are pixels. Where there is no room for all, the first ones leave at the top.
    """
    placed: list[float] = []
    for place, height in enumerate(heights):
        least = placed[-1] + (sizes[place - 1] + sizes[place]) / 2 if placed else height
        placed.append(max(height, least))
    for place in reversed(range(len(placed))):
        placed[place] = min(placed[place], limit)
        limit = placed[place] - (sizes[place - 1] + sizes[place]) / 2
    return placed
