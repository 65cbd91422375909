"""LPIPS, and the weights of the networks it looks through.

The package `lpips` brings its own small weights and loads the rest, the trunk, through torchvision,
which would download it. Here a trunk is fetched by name, verified, or not used at all. Nothing here
imports torch before it is needed, because Snakemake asks for the files at every start.
"""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from spikebench.errors import BenchError
from spikebench.io.checksums import file_sha256

if TYPE_CHECKING:
    from torch import Tensor, nn

Trunk = Literal["alex", "squeeze"]


@dataclass(frozen=True)
class TrunkFile:
    """A trunk's public address, and how the SHA-256 of its bytes begins.

    `least_side`, in pixels: what its convolutions and poolings leave nothing of is no image for it.
    """

    url: str
    sha256: str
    least_side: int


# torchvision writes the first eight digits of the hash into the name of the file
TRUNKS: dict[Trunk, TrunkFile] = {
    "alex": TrunkFile(
        "https://download.pytorch.org/models/alexnet-owt-7be5be79.pth", "7be5be79", 31
    ),
    "squeeze": TrunkFile(
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


def reason_without(trunk: Trunk) -> str:
    """Return why LPIPS cannot be measured, or "" if its trunk is there."""
    file = trunk_path(trunk)
    if file.is_file():
        return ""
    return (
        f"LPIPS is not measured: {file.name} is not in torch.hub's folder. "
        "`snakemake --cores 1 fetch_lpips` brings it there."
    )


def distance(restored: "Tensor", target: "Tensor", trunk: Trunk) -> float:
    """Return the LPIPS distance of images (1, C, H, W) in [0, 1], at least 0.

    Sides are at least the trunk's `least_side`. One channel is repeated. Raises `BenchError` where
    the trunk is missing or not the right file.
    """
    import torch

    with torch.inference_mode():
        pair = [(image * 2 - 1).expand(1, 3, -1, -1) for image in (restored, target)]
        return float(_network(trunk)(*pair))


@cache
def _network(trunk: Trunk) -> "nn.Module":
    """Load the trunk; missing, it would be downloaded by torchvision, hence the check."""
    file = trunk_path(trunk)
    if not file.is_file():
        raise BenchError(reason_without(trunk))
    found = file_sha256(file)
    if not found.startswith(TRUNKS[trunk].sha256):
        raise BenchError(
            f"{file} has SHA-256 {found}, expected {TRUNKS[trunk].sha256}...: not the file that "
            "LPIPS is defined with. Delete it and fetch it: snakemake --cores 1 fetch_lpips."
        )
    from spikebench.metrics.torchvision_compat import declare_missing_operators

    declare_missing_operators()
    import lpips  # loads torchvision, which takes seconds

    return lpips.LPIPS(net=trunk, verbose=False).eval()
