"""The curves of one row on one board: PSNR against T and against energy, as small SVG drawings.

A run has hundreds of them, so they are written directly. Colours come from the page's style: the
row in the accent, other rows in grey behind it, what depends on T but is no competitor dashed.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup, escape

from spikebench.report.boards.board import Board
from spikebench.report.boards.row import Row
from spikebench.report.charts.charts import HEADROOM, bounds
from spikebench.report.text import db, number

WIDTH, HEIGHT = 460, 270  # of a drawing
LEFT, RIGHT, TOP, BOTTOM = 44, 14, 20, 42  # margins around the plot


@dataclass(frozen=True)
class Axis:
    """A scale from values to pixels; `log` where equal ratios take equal space."""

    low: float
    high: float
    start: float
    end: float
    ticks: Sequence[float]
    log: bool = False

    def __call__(self, value: float) -> float:
        low, high, value = (
            map(math.log, (self.low, self.high, value))
            if self.log
            else (self.low, self.high, value)
        )
        share = (value - low) / (high - low)
        return round(self.start + share * (self.end - self.start), 1)


@dataclass(frozen=True)
class Curves:
    """Draws the rows of one board; what is the same in each drawing is drawn once."""

    board: Board

    def against_timesteps(self, method: str) -> Markup:
        """Draw PSNR in dB against T."""
        return self._drawing(method, self._steps, "timesteps", "timesteps T (log)")

    def against_energy(self, method: str) -> Markup:
        """Draw PSNR in dB against energy, the ANN's being 1, under the model that ranks."""
        return self._drawing(method, self._energy, "energy", "energy, ANN = 1 (log)")

    @cached_property
    def _rows(self) -> dict[str, list[Row]]:
        """The rows that can be drawn, by method, T rising."""
        found: dict[str, list[Row]] = {}
        for row in sorted(self.board.rows, key=lambda row: (row.method, row.timesteps)):
            if row.timesteps and math.isfinite(row.psnr) and 0 < row.energy < math.inf:
                found.setdefault(row.method, []).append(row)
        return found

    @cached_property
    def _steps(self) -> Axis:
        steps = sorted({row.timesteps for rows in self._rows.values() for row in rows}) or [1]
        low, high = steps[0] / 1.1, steps[-1] * 1.1
        return Axis(low, high, LEFT, WIDTH - RIGHT, steps, log=True)

    @cached_property
    def _energy(self) -> Axis:
        energies = [row.energy for rows in self._rows.values() for row in rows] + [1.0]
        low, high = min(energies) / 1.2, max(energies) * 1.2
        return Axis(low, high, LEFT, WIDTH - RIGHT, log_ticks(low, high), log=True)

    @cached_property
    def _psnr(self) -> Axis:
        floor, ceiling = bounds(self.board)
        room = HEADROOM * (ceiling - floor)
        low, high = floor - room, ceiling + room
        return Axis(low, high, HEIGHT - BOTTOM, TOP, ticks(low, high))

    @cached_property
    def _others(self) -> dict[str, str]:
        """The paths of all competitors, to stand behind the one that is drawn."""
        kept = [rows for rows in self._rows.values() if not rows[0].reference]
        return {
            name: "".join(self._path(rows, axis, name) for rows in kept)
            for name, axis in (("timesteps", self._steps), ("energy", self._energy))
        }

    def _path(self, rows: Iterable[Row], axis: Axis, name: str) -> str:
        return "M" + "L".join(
            f"{axis(getattr(row, name)):g} {self._psnr(row.psnr):g}" for row in rows
        )

    def _drawing(self, method: str, axis: Axis, name: str, title: str) -> Markup:
        own = self._rows.get(method, [])
        twins = [r for m, r in self._rows.items() if r[0].reference and m != method]
        drawn = [("twin", rows) for rows in twins] + [("own", own)] * bool(own)
        paths = [("others", self._others[name])]
        paths += [(kind, self._path(rows, axis, name)) for kind, rows in drawn]
        parts = [
            *self._grid(axis, title),
            '<svg x="{0}" y="{1}" width="{2}" height="{3}" viewBox="{0} {1} {2} {3}">'.format(
                LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
            ),
            *(f'<path class="{kind}" d="{d}"/>' for kind, d in paths if d),
            *self._points(own, axis, name),
            "</svg>",
            *self._levels(),
            *self._twin_names(twins, axis, name),
        ]
        label = escape(_spoken(own, name))
        return Markup(
            f'<svg class="curve" role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {HEIGHT}">'
            f"{''.join(parts)}</svg>"
        )

    def _grid(self, axis: Axis, title: str) -> Iterable[str]:
        bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
        for tick in self._psnr.ticks:
            y = self._psnr(tick)
            yield f'<path class="grid" d="M{LEFT} {y:g}H{right}"/>'
            yield f'<text class="tick end" x="{LEFT - 8}" y="{y + 4:g}">{tick:g}</text>'
        for tick in axis.ticks:
            yield f'<text class="tick middle" x="{axis(tick):g}" y="{bottom + 16}">{tick:g}</text>'
        yield f'<text class="middle" x="{(LEFT + right) / 2:g}" y="{HEIGHT - 6}">{title}</text>'

    def _levels(self) -> Iterable[str]:
        """Yield the ANN's PSNR and the degraded input's, each with its name."""
        for value, name in ((self.board.ceiling, "ANN"), (self.board.floor, "degraded input")):
            if math.isfinite(value):
                y = self._psnr(value)
                yield f'<path class="level" d="M{LEFT} {y:g}H{WIDTH - RIGHT}"/>'
                yield f'<text class="tick" x="{LEFT + 4}" y="{y - 4:g}">{name}</text>'

    def _points(self, rows: list[Row], axis: Axis, name: str) -> Iterable[str]:
        for row in rows:
            x, y = axis(getattr(row, name)), self._psnr(row.psnr)
            yield f'<circle class="own" cx="{x:g}" cy="{y:g}" r="3.5"/>'
            if name == "energy":
                yield f'<text class="tick middle" x="{x:g}" y="{y + 17:g}">{row.timesteps}</text>'

    def _twin_names(self, twins: list[list[Row]], axis: Axis, name: str) -> Iterable[str]:
        """Yield each name beside the point that is nearest to a height of its own."""
        low, high = self._psnr.low, self._psnr.high
        seen = [[row for row in rows if low <= row.psnr <= high] for rows in twins]
        for place, rows in enumerate(filter(None, seen), start=1):
            wanted = low + (high - low) * place / (len(twins) + 1)
            row = min(rows, key=lambda row: abs(row.psnr - wanted))
            x, y = axis(getattr(row, name)), self._psnr(row.psnr)
            right = x > (LEFT + WIDTH - RIGHT) / 2
            kind, x = ("tick end", x - 6) if right else ("tick", x + 6)
            yield f'<text class="{kind}" x="{x:g}" y="{y + 14:g}">{escape(row.name)}</text>'


def ticks(low: float, high: float) -> list[float]:
    """Return about five round numbers between two."""
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = min((m * power for m in (1, 2, 5, 10)), key=lambda each: abs(each - rough))
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(place * step, 10) for place in range(first, last + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 times the powers of ten between two; powers alone where they are many."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    leading = (1, 2, 5) if high / low < 50 else (1,)
    marks = [round(m * 10.0**power, 12) for power in powers for m in leading]
    return [mark for mark in marks if low <= mark <= high]


def _spoken(rows: list[Row], name: str) -> str:
    if name == "timesteps":
        points = [f"{db(row.psnr)} dB at T = {row.timesteps}" for row in rows]
    else:
        points = [f"{db(row.psnr)} dB at {number(row.energy, 2)} of the energy" for row in rows]
    return "; ".join(points) or "No point can be drawn."
