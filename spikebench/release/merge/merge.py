"""Merge two finished runs into a third folder of results."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from spikebench.errors import BenchError
from spikebench.release.merge.conflicts import BOARD, conflicts
from spikebench.release.merge.described import described
from spikebench.release.merge.finished import TABLES, Finished
from spikebench.release.merge.proof import read_proof
from spikebench.release.merge.renewed import renewed
from spikebench.release.merge.sources import same_numbers
from spikebench.results.columns.evaluators import EVALUATORS
from spikebench.results.shards import write_frame, write_shard

SHOWN = [*BOARD, "image"]


def merge(
    first: Path,
    second: Path,
    output: Path,
    *,
    renew: bool = False,
    proofs: Sequence[Path] = (),
) -> list[str]:
    """Write the tables that two runs make together into `output`, a folder results/<run>.

    Rows that both have are kept once, and have to be equal; with `renew` those of `second` replace
    those of `first`, and a line is returned for each board whose rows were not all replaced, see
    `spikebench.release.merge.renewed`. `proofs` are reports that show which evaluators give the
    same numbers, see `spikebench.release.merge.proof`; which versions of a row's own sources do,
    is read from the cells, see `spikebench.release.merge.sources`. What follows from the counts
    (prices, ranks, comparisons) and the pages are made by `spikebench render`. Raises `BenchError`
    with a line for each conflict, see `spikebench.release.merge.conflicts`; nothing is written
    then.
    """
    _check_output(output)
    one, other = Finished.read(first), _with_proofs(Finished.read(second), proofs)
    same = same_numbers(one, other)
    one, other, lost = renewed(one, other) if renew else (one, other, [])
    found = conflicts(one, other, same)
    if found:
        raise BenchError("\n".join(found))
    for name, frame in _frames(one, other).items():
        if not (name == EVALUATORS.name and frame.empty):
            write_frame(output / f"{name}.parquet", frame, TABLES[name])
    row = described(output.name, one, other)
    write_shard(output / "run.parquet", [row], TABLES["run"])
    return lost


def _check_output(output: Path) -> None:
    if not re.fullmatch("[a-z0-9_]+", output.name):
        raise BenchError(
            f"{output}: the name of a run has lower-case letters, digits and underscores alone."
        )
    if output.exists() and any(output.iterdir()):
        raise BenchError(f"{output} is there already. Name a new folder.")


def _with_proofs(run: Finished, proofs: Sequence[Path]) -> Finished:
    rows = [row for file in proofs for row in read_proof(file)]
    shown = pd.DataFrame(rows, columns=EVALUATORS.names)
    return replace(run, evaluators=pd.concat([run.evaluators, shown]))


def _frames(one: Finished, other: Finished) -> dict[str, pd.DataFrame]:
    joined = ("images", "layers", "training", "evaluators")
    return {
        **{name: _joined(getattr(one, name), getattr(other, name), name) for name in joined},
        "pictures": _pictures(one, other),
        "methods": pd.concat([one.methods, other.methods]).drop_duplicates("method"),
        "energy_models": pd.concat([one.energy_models, other.energy_models]).drop_duplicates(
            "name"
        ),
    }


def _joined(one: pd.DataFrame, other: pd.DataFrame, name: str) -> pd.DataFrame:
    keys = list(TABLES[name].keys)
    return pd.concat([one, other]).drop_duplicates(keys).sort_values(keys)


def _pictures(one: Finished, other: Finished) -> pd.DataFrame:
    """Keep the crops of the images that both runs show, where both show some of the board.

    Which image is worst, median or best is the first run's word; an image of which one run keeps
    no crop could not be compared. Rows of a run that shows none of a board stand there without.
    """
    both = pd.concat([one.pictures, other.pictures])
    if both.empty:
        return both
    boards, images = (
        [set(run.pictures[keys].itertuples(index=False, name=None)) for run in (one, other)]
        for keys in (BOARD, SHOWN)
    )
    alone = boards[0] ^ boards[1]
    kept = [
        key in images[0] & images[1] or key[:2] in alone
        for key in both[SHOWN].itertuples(index=False, name=None)
    ]
    choice = both.drop_duplicates(SHOWN).set_index(SHOWN)["choice"]
    shown = both[kept]
    shown = shown.assign(choice=choice.loc[list(map(tuple, shown[SHOWN].values))].tolist())
    keys = list(TABLES["pictures"].keys)
    # the target, the input and the ANN's output stand once for each image
    once = shown["role"] == "restored"
    references = shown[~once].drop_duplicates([*SHOWN, "role"])
    return pd.concat([shown[once].drop_duplicates(keys), references]).sort_values(keys)
