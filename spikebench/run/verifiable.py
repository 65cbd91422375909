"""Which backbones can be checked against known numbers here, without asking the network.

Nothing here imports torch, because Snakemake asks at every start.
"""

from pathlib import Path

from spikebench.data.registry import INDEX, load_dataset
from spikebench.run import catalogue, paths


def verifiable_pairs(root: Path = Path()) -> list[tuple[str, str]]:
    """Return (backbone, data set) for every known number whose inputs can be trusted to be there.

    Files pinned by hash count, since anyone can fetch the same ones. Files without a pin count once
    they were fetched, whole.
    """
    return [
        (backbone, dataset)
        for backbone in catalogue.backbone_names(root)
        for dataset in catalogue.scored_datasets(backbone, root)
        if not reason_against(backbone, dataset, root)
    ]


def reason_against(backbone: str, dataset: str, root: Path = Path()) -> str:
    """Return why a backbone cannot be checked on a data set here, or ""."""
    weights = paths.weights(backbone)
    if not (catalogue.has_pinned_weights(backbone, root) or (root / weights).is_file()):
        return f"weights not fetched: snakemake --cores 1 {weights}"
    folder = paths.dataset(dataset)
    if not (catalogue.is_pinned(dataset, root) or _is_whole(dataset, root / folder, root)):
        return f"data not fetched: snakemake --cores 1 {folder}"
    return ""


def _is_whole(dataset: str, folder: Path, root: Path) -> bool:
    """Tell whether all images of a data set were fetched."""
    if not (folder / INDEX).is_file():
        return False
    fetched = load_dataset(dataset, root / "datasets", fetched=folder)
    return len(fetched.targets) == fetched.images
