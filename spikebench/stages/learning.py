"""The learning curves behind a run's rows: out of the CSV beside each fine-tuned state."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spikebench.errors import BenchError
from spikebench.io.checksums import file_sha256
from spikebench.results.columns.training import TRAINING
from spikebench.snn.model.tuned import TunedState

WHOLE = ("step", "images")
SAME = 1e-3  # dB: the curve is written with six digits
OF_THE_STATE = ("backbone", "recipe", "kept", "state_sha256", "gap_db")
OF_THE_CURVE = [name for name in TRAINING.names if name not in OF_THE_STATE]


def learning_rows(states: Iterable[Path], curves: Iterable[Path]) -> list[dict[str, Any]]:
    """Return the rows of training.parquet of states `<backbone>/<recipe>.safetensors`.

    `curves` are named like their states. A state without one, as one that was fetched, has the row
    that it carries itself: what it had reached. Raises `BenchError` where a curve is of another
    training than the state of its name.
    """
    known = {_pair(file): file for file in curves}
    return [
        row
        for state in sorted(set(states), key=_pair)
        for row in _of_state(state, known.get(_pair(state)))
    ]


def _pair(file: Path) -> tuple[str, str]:
    """Return backbone and recipe of a state or of its curve."""
    return file.parent.name, file.stem


def _of_state(state: Path, curve: Path | None) -> list[dict[str, Any]]:
    about = TunedState.read(state).about
    reached = about["reached"]
    rows = [{"images": about["images"]} | reached] if curve is None else _read(curve)
    kept = [row for row in rows if row["step"] == reached["step"]]
    if not kept or abs(kept[0]["held_out_psnr"] - reached["held_out_psnr"]) > SAME:
        raise BenchError(
            f"{curve} is not the curve of {state}, which reached {reached['held_out_psnr']:.3f} dB "
            f"at step {reached['step']:.0f}. Put the state's own curve there, or none."
        )
    backbone, recipe = _pair(state)
    common = {"backbone": backbone, "recipe": recipe, "state_sha256": file_sha256(state)}
    return [
        common
        | {name: row.get(name) for name in OF_THE_CURVE}
        | {"gap_db": row["held_out_psnr"] - row["held_out_psnr_ann"], "kept": row in kept}
        for row in rows
    ]


def _read(curve: Path) -> list[dict[str, Any]]:
    with curve.open(newline="", encoding="utf-8") as stream:
        return [
            {name: _number(name, text) for name, text in row.items()}
            for row in csv.DictReader(stream)
        ]


def _number(name: str, text: str) -> float | int | None:
    """Return a value of the curve; what was not known then, such as a first loss, is missing."""
    value = float(text) if text else float("nan")
    return int(value) if name in WHOLE else value if value == value else None
