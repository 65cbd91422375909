"""Which new images are already here, in sets of the other role."""

from pathlib import Path

from spikebench.data.leaks import shared_images
from spikebench.data.registry import DatasetSpec
from spikebench.run import catalogue


def leaks(spec: DatasetSpec, root: Path) -> list[str]:
    """Say which images of a set are in a set of the other role, and what was not compared."""
    train = spec.role == "train"
    role = "test" if train else "training"
    names = [name for name in catalogue.dataset_names(root) if name != spec.name]
    others = [other for name in names if (other := catalogue.dataset(name, root)).role != spec.role]
    unknown = [other.name for other in others if not _is_known(other)]
    lines, without = [], []
    for other in others:
        pairs = shared_images(*((spec, other) if train else (other, spec)))
        if pairs:
            lines.append(_shared(pairs, role, other.name))
        elif other.name not in unknown:
            without.append(other.name)
    if without:
        lines.append(f"No image is in the {role} sets {', '.join(without)}.")
    if unknown:
        lines.append(f"Not compared, not all of their pixels are known: {', '.join(unknown)}.")
    return lines


def _is_known(other: DatasetSpec) -> bool:
    return bool(other.targets) and all(entry.pixel_sha256 for entry in other.targets)


def _shared(pairs: list[tuple[str, str]], role: str, name: str) -> str:
    first = ", ".join(" = ".join(pair) for pair in pairs[:3])
    return (
        f"Mind: {len(pairs)} images are in the {role} set '{name}' ({first}"
        f"{', ...' if pairs[3:] else ''}). A run that uses both is refused."
    )
