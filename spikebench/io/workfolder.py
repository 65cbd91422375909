"""A work folder outside the checkout: what a run reads stands there as links into the checkout.

So a checkout can be read-only and serve many, and everything is named in both as it is there:
`datasets/set5`, `methods/burst.py`. Own data sets, backbones, methods and recipes stand beside the
links, results and reports too.
"""

from collections.abc import Iterator
from pathlib import Path

from spikebench.errors import BenchError

# What runs name: an own entry may stand beside the checkout's, and in the place of none
CATALOGUE = ("datasets", "backbones", "methods", "finetuning")
# What a work folder may have in a version of its own
BESIDE = (
    "config/*.yaml",
    "docs/references.bib",
    "CITATION.cff",
    "LICENSE",
    "environment.yml",
    "requirements/run.lock",
)


def link_checkout(checkout: Path, folder: Path) -> int:
    """Link what `folder` lacks of a checkout; return how many links were made.

    Links into the checkout whose targets are gone are removed. Where `folder` is the checkout,
    nothing happens. Raises `BenchError` where an entry of the folder has the name of another in
    the checkout, and where no link can be made.
    """
    checkout, folder = checkout.resolve(), folder.resolve()
    if folder == checkout:
        return 0
    entries = list(_catalogue(checkout))
    taken = [name for name in entries if _is_another(checkout / name, folder / name)]
    if taken:
        raise BenchError(
            f"{', '.join(map(str, taken))}: what this work folder, {folder}, holds has the name of "
            f"something in {checkout}, and nobody could tell whose numbers are shown. Rename yours."
        )
    names = [*entries, *_beside(checkout)]
    try:
        _remove_broken(checkout, folder)
        lacking = [name for name in names if not (folder / name).exists()]
        for name in lacking:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).symlink_to(checkout / name)
    except OSError as error:
        raise BenchError(
            f"{folder} has to hold links into {checkout}, and none can be made: {error}. Choose "
            "another --directory, or start in the checkout."
        ) from error
    return len(lacking)


def _catalogue(checkout: Path) -> Iterator[Path]:
    for name in CATALOGUE:
        for entry in sorted((checkout / name).glob("[!._]*")):
            yield entry.relative_to(checkout)


def _beside(checkout: Path) -> Iterator[Path]:
    for pattern in BESIDE:
        for file in sorted(checkout.glob(pattern)):
            yield file.relative_to(checkout)


def _is_another(theirs: Path, ours: Path) -> bool:
    return ours.exists() and not ours.samefile(theirs)


def _remove_broken(checkout: Path, folder: Path) -> None:
    for name in CATALOGUE:
        for entry in (folder / name).glob("*"):
            if entry.is_symlink() and not entry.exists() and checkout in entry.readlink().parents:
                entry.unlink()
