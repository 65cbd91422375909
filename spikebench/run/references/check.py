"""The check of a configuration: unknown names first, then what does not fit."""

from pathlib import Path

from spikebench.errors import BenchError
from spikebench.run.config import RunConfig
from spikebench.run.references.fits import misfits
from spikebench.run.references.named import unknown_names


def check_references(config: RunConfig, place: str, root: Path) -> None:
    """Raise BenchError, one line per mistake, if a name is unknown or a pair does not fit."""
    # A pair can only be compared once both of its names are known.
    complaints = list(unknown_names(config, root)) or list(misfits(config, root))
    if complaints:
        raise BenchError("\n".join(f"{place}: {line}" for line in complaints))
