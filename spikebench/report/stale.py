"""What an earlier rendering left: a page or a chart does not outlive the rows that it shows."""

from collections.abc import Iterable
from pathlib import Path


def keep_only(written: Iterable[Path], kind: str) -> None:
    """Remove the files of a kind, such as `*.pdf`, that lie beside those written and are not one.

    A folder in which nothing was written is left as it is.
    """
    kept = set(written)
    for folder in {file.parent for file in kept}:
        for file in folder.glob(kind):
            if file not in kept:
                file.unlink()
