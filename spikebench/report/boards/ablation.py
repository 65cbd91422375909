"""What each part of SpikingIR brings: its rows that differ in nothing but the parts."""

import json
from dataclasses import dataclass
from pathlib import PurePath

import pandas as pd

from spikebench.report.boards.board import Board
from spikebench.report.boards.row import Row
from spikebench.report.text import db, percent

METHOD = "spikingir"
# The options that switch the parts, with their defaults in the method's file.
PARTS = {"mprn": True, "cpm": True, "spiking_output": True, "tuned": ""}
BESIDE_TUNED = {"places"}  # a recipe is trained for one number of places
TIMESTEPS = (2, 4, 8, 16)


@dataclass(frozen=True)
class Variant:
    """One combination of parts and its rows of a board, by T."""

    mprn: bool
    cpm: bool
    spiking_output: bool
    tuned: str  # a recipe, or nothing
    rows: dict[int, Row]

    @property
    def name(self) -> str:
        """The parts in words, such as "MPRN and CPM, tuned (balanced)"."""
        parts = [name for name, there in (("MPRN", self.mprn), ("CPM", self.cpm)) if there]
        readout = [] if self.spiking_output else ["mean of currents"]
        recipe = self.tuned.removeprefix(f"{METHOD}_").replace("_", " ")
        tuned = [f"tuned ({recipe})"] if self.tuned else []
        return ", ".join([" and ".join(parts) or "neither", *readout, *tuned])

    @property
    def order(self) -> tuple:
        return bool(self.tuned), self.mprn, self.cpm, not self.spiking_output, self.tuned


@dataclass(frozen=True)
class Ablation:
    """The variants of one board, from none of the parts to all of them, and the T to show."""

    variants: list[Variant]
    timesteps: list[int]
    entropy_ann: float  # of the ANN's output layer, bits per value; NaN if unknown

    def find(self, *, mprn: bool, cpm: bool) -> Variant | None:
        """Return the variant with a spiking output, not tuned, with just these parts."""
        wanted = (mprn, cpm, True, "")
        have = {(v.mprn, v.cpm, v.spiking_output, v.tuned): v for v in self.variants}
        return have.get(wanted)


def ablation(board: Board, methods: pd.DataFrame) -> Ablation | None:
    """Return the ablation of SpikingIR on a board, or None where fewer than two variants ran.

    `methods` is methods.parquet: what a row is, its options say and not its label. Rows with an
    option besides the parts are left out; they are variants of another kind.
    """
    variants = []
    for row in methods.to_dict("records"):
        parts = parts_of(row)
        found = {r.timesteps: r for r in board.competitors if r.method == row["method"]}
        if parts is not None and found:
            variants.append(Variant(**parts, rows=found))
    grid = sorted({t for variant in variants for t in variant.rows} & set(TIMESTEPS))
    if len(variants) < 2 or not grid:
        return None
    known = [row.output_entropy for row in board.rows if row.reference and not row.timesteps]
    entropy = next((value for value in known if not pd.isna(value)), float("nan"))
    return Ablation(sorted(variants, key=lambda variant: variant.order), grid, entropy)


def parts_of(method: dict[str, str]) -> dict | None:
    """Return the parts of a row of methods.parquet, or None if it is no part of the ablation."""
    options = json.loads(method["options"])
    parts = PARTS | {name: value for name, value in options.items() if name in PARTS}
    allowed = PARTS.keys() | (BESIDE_TUNED if parts["tuned"] else set())
    if PurePath(method["source"]).stem != METHOD or not options.keys() <= allowed:
        return None
    return parts


def summary(found: Ablation) -> str:
    """Return in one sentence what the parts bring, alone and together."""
    pairs = {"CPM": (False, True), "MPRN": (True, False), "both": (True, True)}
    base = found.find(mprn=False, cpm=False)
    others = {name: found.find(mprn=m, cpm=c) for name, (m, c) in pairs.items()}
    runs = [base, *others.values()]
    shared = [t for t in found.timesteps if all(run and t in run.rows for run in runs)]
    if not shared:
        return "The parts of SpikingIR"
    time = 4 if 4 in shared else shared[0]
    start = base.rows[time].psnr
    gains = [f"{name} {db(v.rows[time].psnr - start, sign=True)} dB" for name, v in others.items()]
    return f"At T = {time}: {', '.join(gains)} over neither{_tuned(found, time)}."


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
