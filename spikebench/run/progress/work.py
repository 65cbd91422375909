"""About how much each cell has to compute, as far as it is known before anything is measured.

Nothing here imports torch, because Snakemake asks at every start.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from spikebench.io.yaml import read_yaml
from spikebench.run import catalogue
from spikebench.run.cell import Cell
from spikebench.run.config import RunConfig
from spikebench.run.jobs import evaluation_settings

BYTES = 1_000_000  # of weights, where a manifest does not say how many they are


def work(config: RunConfig, cell: Cell, root: Path = Path()) -> float:
    """Return pixels x weights x T, which stands for the GMAC x T of docs/scale.md.

    Pixels: number of images x shortest x longest side. Weights: megabytes; a convolution does about
    one MAC a pixel with each of its weights. T is the row's largest one. A factor that a backbone
    has besides, such as the scale at which it computes, is in what its jobs were measured to take.
    """
    settings = evaluation_settings(config, cell, root)
    asked, dataset = settings["images"], catalogue.dataset(cell.dataset, root)
    images = (
        len(set(asked)) if isinstance(asked, list) else min(asked or dataset.images, dataset.images)
    )
    shortest, longest = dataset.sides
    pixels = images * shortest * longest
    return pixels * _megabytes(cell.backbone, root) * max(settings["timesteps"])


def urgency(
    config: RunConfig, cells: Sequence[Cell], root: Path = Path()
) -> dict[tuple[str, str], int]:
    """Return the priority of the jobs of each (data set, backbone), at least 1.

    That of the least work is first, so that something is finished early.
    """
    sums: dict[tuple[str, str], float] = {}
    for cell in cells:
        pair = (cell.dataset, cell.backbone)
        sums[pair] = sums.get(pair, 0.0) + work(config, cell, root)
    largest_first = sorted(sums, key=lambda pair: (-sums[pair], pair))
    return {pair: number for number, pair in enumerate(largest_first, start=1)}


@cache
def _megabytes(backbone: str, root: Path) -> float:
    weights = read_yaml(root / catalogue.backbone_file(backbone)).get("weights")
    size = weights.get("bytes") if isinstance(weights, dict) else None
    return (size if isinstance(size, int) else BYTES) / 1e6
