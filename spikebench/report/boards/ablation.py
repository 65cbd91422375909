"""What the parts of a method bring: rows of one file that differ in its switches alone."""

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

import pandas as pd

from spikebench.report.boards.board import Board
from spikebench.report.boards.row import Row
from spikebench.report.boards.taken_apart import Method, part_word, taken_apart
from spikebench.report.text import db, percent
from spikebench.results.frames import records

TUNED = "tuned"  # the option that names a recipe, of any method that is fine-tuned
SHOWN = 4  # of the largest T, as many as a table fits; nothing is taken apart at T = 1


@dataclass(frozen=True)
class Variant:
    """One setting of the switches, a recipe or nothing, and its rows of a board, by T."""

    name: str
    parts: dict[str, bool]
    plain: bool  # whether only parts are switched
    tuned: bool
    rows: dict[int, Row] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)  # further options, beside a recipe


@dataclass(frozen=True)
class Ablation:
    """The variants of one board, from none of the parts to all of them, and the T to show."""

    method: Method
    variants: list[Variant]
    timesteps: list[int]
    entropy_ann: float  # of the ANN's output layer, bits per value; NaN if unknown

    def find(self, *on: str) -> Variant | None:
        """Return the variant that has just these parts, neither tuned nor otherwise switched."""
        wanted = {name: name in on for name in self.method.parts}
        found = (v for v in self.variants if v.parts == wanted and v.plain and not v.tuned)
        return next(found, None)


def ablation(board: Board, methods: pd.DataFrame) -> Ablation | None:
    """Return the ablation of a board, or None where fewer than two variants ran.

    What a row is, its options say and not its label. Rows with an option besides the switches are
    variants of another kind and left out; beside a recipe stand the numbers it was trained for.
    """
    method = taken_apart(methods)
    if method is None:
        return None
    variants = []
    for row in records(methods[methods["source"] == method.source]):
        rows = {r.timesteps: r for r in board.competitors if r.method == row["method"]}
        options = json.loads(row["options"])
        if rows and _differs_in_switches(options, method):
            variants.append(_variant(method, options, rows))
    grid = sorted({t for variant in variants for t in variant.rows if t > 1})[-SHOWN:]
    if len(variants) < 2 or not grid:
        return None
    known = [row.output_entropy for row in board.rows if row.reference and not row.timesteps]
    entropy = next((value for value in known if not pd.isna(value)), float("nan"))
    variants = _told_apart(variants)
    ordered = sorted(variants, key=lambda v: (v.tuned, *v.parts.values(), not v.plain, v.name))
    return Ablation(method, ordered, grid, entropy)


def summary(found: Ablation) -> str:
    """Return in one sentence what the parts bring, alone and together."""
    parts = sorted(found.method.parts)
    all_of_them, none = ("both", "neither") if len(parts) == 2 else ("all", "none of them")
    shown = {part_word(name): found.find(name) for name in parts} | {
        all_of_them: found.find(*parts)
    }
    base = found.find()
    runs = [run for run in (base, *shown.values()) if run is not None]
    shared = [t for t in found.timesteps if all(t in run.rows for run in runs)]
    if base is None or len(runs) < len(shown) + 1 or not shared:
        return f"The parts of {found.method.title}"
    time = shared[-1]
    start = base.rows[time].psnr
    gains = [
        f"{name} {db(variant.rows[time].psnr - start, sign=True)} dB"
        for name, variant in shown.items()
        if variant
    ]
    return f"At T = {time}: {', '.join(gains)} over {none}{_tuned(found, time)}."


def _differs_in_switches(options: dict[str, Any], method: Method) -> bool:
    besides = {n: v for n, v in options.items() if n not in method.switches and n != TUNED}
    numbers = all(isinstance(v, int | float) for v in besides.values())
    return not besides or (bool(options.get(TUNED)) and numbers)


def _variant(method: Method, options: dict[str, Any], rows: dict[int, Row]) -> Variant:
    parts = {name: options.get(name, on) for name, on in method.parts.items()}
    others = {
        name: options[name] for name, on in method.others.items() if options.get(name, on) != on
    }
    recipe = options.get(TUNED, "")
    numbers = {n: v for n, v in options.items() if n not in method.switches and n != TUNED}
    name = _name(method, parts, others, recipe)
    return Variant(name, parts, not others, bool(recipe), rows, numbers)


def _told_apart(variants: list[Variant]) -> list[Variant]:
    """Return the variants, with their numbers in the name where names would be the same."""
    times = Counter(variant.name for variant in variants)
    return [
        replace(variant, name=", ".join([variant.name, *_said(variant.numbers)]))
        if times[variant.name] > 1
        else variant
        for variant in variants
    ]


def _said(numbers: dict[str, float]) -> list[str]:
    return [f"{option.replace('_', ' ')} {value:g}" for option, value in numbers.items()]


def _name(method: Method, parts: dict[str, bool], others: dict[str, bool], recipe: str) -> str:
    """Return the variant in words, such as "MPRN and CPM, tuned (balanced)"."""
    on = [part_word(name) for name, there in parts.items() if there]
    none = "neither" if len(parts) == 2 else "none"
    words = [f"{'' if there else 'no '}{part_word(name)}" for name, there in others.items()]
    short = recipe.removeprefix(f"{PurePath(method.source).stem}_").replace("_", " ")
    tuned = [f"tuned ({short})"] if recipe else []
    return ", ".join([" and ".join(on) or none, *words, *tuned])


def _tuned(found: Ablation, time: int) -> str:
    """Return how near to the ANN the best tuned variant comes, and at which energy."""
    rows = [v.rows[time] for v in found.variants if v.tuned and time in v.rows]
    if not rows:
        return ""
    best = max(rows, key=lambda row: row.psnr)
    return (
        f"; tuned, {db(best.gap_db, sign=True)} dB to the ANN at {percent(best.energy)} of its "
        "energy"
    )
