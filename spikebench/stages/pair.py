"""All rows of a data set and a backbone in one process.

A process that starts and a GPU that is set up take longer than many a cell.
"""

import traceback
from collections.abc import Iterable
from pathlib import Path

from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path
from spikebench.results.pairs import FAILED
from spikebench.run.paths import SHARDS
from spikebench.stages.evaluate import CellInputs, evaluate_cell


def evaluate_pair(cells: Iterable[tuple[Path, CellInputs]], done: Path) -> None:
    """Evaluate cells, each into its folder, one after the other; write to `done` what came of it.

    A cell that fails leaves its reason there in place of tables, and the others go on. Finished
    images are kept as `evaluate_cell` keeps them: one that was killed goes on with the image it was
    at.
    """
    lines = []
    for folder, inputs in cells:
        reason = _evaluated(folder, inputs)
        lines.append(f"{inputs['method_label']}, seed {inputs['seed']}: {reason or 'done'}\n")
    with atomic_path(done) as temporary:
        temporary.write_text("".join(lines), encoding="utf-8")


def _evaluated(folder: Path, inputs: CellInputs) -> str:
    """Evaluate one cell into a folder; return why that failed, "" where it did not."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {name: folder / f"{name}.parquet" for name in SHARDS}
    for file in (*tables.values(), folder / FAILED):
        file.unlink(missing_ok=True)
    try:
        evaluate_cell(
            images_out=tables["images"],
            layers_out=tables["layers"],
            pictures_out=tables["pictures"],
            **inputs,
        )
    except BenchError as error:
        reason = str(error)
    except Exception as error:  # a mistake of ours or of the method's, in one row of many
        traceback.print_exc()
        reason = f"{type(error).__name__}: {error}"
    else:
        return ""
    (folder / FAILED).write_text(reason, encoding="utf-8")
    return reason
