"""Which cells of a table may be drawn: those that code, states and the processor here can give."""

from dataclasses import dataclass
from pathlib import Path

from spikebench.errors import BenchError
from spikebench.release.reproduce.draw import TableCell
from spikebench.release.reproduce.states import trained_again
from spikebench.release.reproduce.table import Published
from spikebench.results.devices import UNNAMED, is_processor
from spikebench.snn.kernels.device import CPU, described


@dataclass(frozen=True)
class Candidates:
    """The cells, and how many are none: trained again since, and computed by another processor."""

    cells: list[TableCell]
    trained_again: int
    elsewhere: int


def candidates(
    table: Published,
    checkout: Path,
    *,
    most_seconds: float | None = None,
    evaluator: str | None = None,
    any_device: bool = False,
) -> Candidates:
    """Return what may be drawn of the cells of `table`, whose states `checkout` has.

    `most_seconds` bounds what the images of a cell took. With `evaluator`, a hash, its cells alone.
    Without `any_device` no cell that says it was computed by another kind of processor than the one
    here, whose last bits are others. Raises `BenchError` where none is left for that.
    """
    seconds = table.seconds()
    found = [cell for cell, s in seconds.items() if most_seconds is None or s <= most_seconds]
    others = trained_again(table.folder, checkout)
    kept = [cell for cell in found if (cell.backbone, cell.method) not in others]
    of_code = [cell for cell in kept if evaluator is None or table.measured_by(cell, evaluator)]
    here = [cell for cell in of_code if any_device or not _elsewhere(table.devices(cell))]
    if of_code and not here:
        raise BenchError(_none_here(table))
    return Candidates(here, len(found) - len(kept), len(of_code) - len(here))


def _elsewhere(devices: list[str]) -> bool:
    """Tell whether a processor is named that is not the one here."""
    return any(is_processor(name) and name not in {UNNAMED, described(CPU)} for name in devices)


def _none_here(table: Published) -> str:
    return (
        f"{table.folder}/images.parquet was computed by {' and '.join(table.said('device'))}, and "
        f"here is {described(CPU)}, which rounds otherwise. With --any-device cells are computed "
        "all the same, and the report says by how much they differ."
    )
