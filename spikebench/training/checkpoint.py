"""The state of a training run on disk, so that an interrupted run goes on where it was."""

from pathlib import Path
from typing import Any

import torch

from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path


def save_checkpoint(state: dict[str, Any], fingerprint: str, file: Path) -> None:
    """Write a run's state and the fingerprint of what it trains, atomically."""
    with atomic_path(file) as temporary:
        torch.save({"fingerprint": fingerprint, "state": state}, temporary)


def load_checkpoint(fingerprint: str, file: Path) -> dict[str, Any]:
    """Return the state saved in `file`.

    Raises `BenchError` where the file is damaged or has another fingerprint: going on would yield
    weights that no recipe describes.
    """
    try:
        content = torch.load(file, map_location="cpu", weights_only=True)
        found, state = content["fingerprint"], content["state"]
    except Exception as error:
        raise BenchError(
            f"The checkpoint {file} cannot be read ({type(error).__name__}). "
            "Delete it to train from the start."
        ) from error
    if found != fingerprint:
        raise BenchError(
            f"The checkpoint {file} belongs to another backbone, recipe or data set. "
            "Delete it to train from the start."
        )
    return state
