"""What a user's folder, file or image is called here."""

import re
from pathlib import Path

from spikebench.errors import BenchError

NAME = re.compile(r"[a-z0-9_]+")


def own_name(given: str | None, path: Path) -> str:
    """Return the name of a data set or backbone: `given`, or made of a folder's or file's name.

    Raises `BenchError` where it is not of lower-case letters, digits and underscores.
    """
    made = re.sub(r"[^a-z0-9]+", "_", path.resolve().stem.lower()).strip("_")
    name = made if given is None else given
    if not NAME.fullmatch(name):
        raise BenchError(
            f"'{name}' cannot be a name here: it consists of lower-case letters, digits and _. "
            "Give one by --name."
        )
    return name


def image_name(member: str) -> str:
    """Return an image's name in tables, made of its path in the folder: `a b/1.png` is `a_b_1`."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", member.rpartition(".")[0])


def refuse_outside(root: Path) -> None:
    """Raise `BenchError` where `root` is no checkout, in which something can be added."""
    if not all((root / folder).is_dir() for folder in ("datasets", "backbones", "config")):
        raise BenchError(
            f"{root.absolute()} has no datasets/, backbones/ and config/. Run this in the root "
            "folder of the checkout."
        )
