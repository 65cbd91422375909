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
    "requirements/weights.lock",
)
SHOWN = 5  # names in a message


def link_checkout(checkout: Path, folder: Path) -> int:
    """Link what `folder` lacks of a checkout; return how many links were made.

    Links into the place where a checkout was before, or into another one, are made anew. Where
    `folder` is the checkout, nothing happens. Raises `BenchError` where an entry of the folder has
    the name of another in the checkout, and where no link can be made.
    """
    checkout, folder = checkout.resolve(), folder.resolve()
    if folder == checkout:
        return 0
    entries = list(_catalogue(checkout))
    former = list(_former_links(checkout, folder))
    taken = [n for n in entries if n not in former and _is_another(checkout / n, folder / n)]
    if taken:
        raise BenchError(_taken(taken, checkout, folder))
    try:
        for name in former:
            (folder / name).unlink()
        names = [*entries, *_beside(checkout)]
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


def _former_links(checkout: Path, folder: Path) -> Iterator[Path]:
    """Yield the links that were made here and lead into another checkout, or nowhere.

    They are told by their target: the same name in what is a checkout, or is gone.
    """
    places = {folder / name for name in CATALOGUE} | {(folder / name).parent for name in BESIDE}
    entries = (entry for place in sorted(places) if place.is_dir() for entry in place.iterdir())
    for entry in filter(Path.is_symlink, entries):
        name = entry.relative_to(folder)
        if _leads_to(entry, checkout / name):
            continue
        target, depth = entry.readlink(), len(name.parts)
        named_so = target.parts[-depth:] == name.parts
        root = Path(*target.parts[:-depth])
        if named_so and (not target.exists() or (root / "workflow/Snakefile").is_file()):
            yield name


def _leads_to(entry: Path, target: Path) -> bool:
    return entry.exists() and target.exists() and entry.samefile(target)


def _is_another(theirs: Path, ours: Path) -> bool:
    return ours.exists() and not ours.samefile(theirs)


def _taken(names: list[Path], checkout: Path, folder: Path) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return (
        f"{', '.join(map(str, names[:SHOWN]))}{more}: what this work folder, {folder}, holds has "
        f"the name of something in {checkout}, and nobody could tell whose numbers are shown. "
        "Rename yours."
    )
