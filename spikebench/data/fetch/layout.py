"""Find the files of a data set among the paths of a folder or an archive, and miss none."""

import re
from collections.abc import Iterator

from pydantic import ValidationError

from spikebench.data.entry import SHOWN, FileEntry, few, unpaired
from spikebench.data.layout import Layout
from spikebench.data.registry import DatasetSpec
from spikebench.errors import BenchError

Key = tuple[str, str, int | None]  # name, role, scale


def find_entries(spec: DatasetSpec, paths: list[str], place: str) -> list[FileEntry]:
    """Return the set's files among `paths`, each with its path as `member`.

    They are found by the set's layout, else by the one of a fetched folder. A set with files.csv
    keeps its order; otherwise names are in natural order, 2 before 10. Raises `BenchError`, naming
    `place`, the patterns, and what is missing, superfluous, twice there or without its clean image.
    """
    layouts = spec.layout or _written_layout(spec)
    groups = [(layout, _matching(layout, layouts, paths, place)) for layout in layouts]
    found = [entry for _, group in groups for entry in group]
    counts = _unlisted(spec, found) if spec.files else _miscounted(spec, groups)
    problems = [*counts, *_twice(found), *unpaired(found)]
    if problems:
        patterns = [f"  {_files_of(layout)} are {layout.written}" for layout in layouts]
        raise BenchError(
            f"{place} is not the whole data set '{spec.name}', or not laid out like it:\n"
            + "\n".join([*(f"  {problem}" for problem in problems), "Looked for:", *patterns])
            + "\nHidden files, and links that lead elsewhere, are passed over."
        )
    return _in_order(spec, found)


def _written_layout(spec: DatasetSpec) -> list[Layout]:
    """Return the layout that `FileEntry.file_name` makes."""
    kinds = dict.fromkeys((entry.role, entry.scale) for entry in spec.files)
    return [
        Layout(
            role=role, scale=scale, pattern=rf"(^|/){_folder(role, scale)}/(?P<name>[^/]+)\.\w+$"
        )
        for role, scale in kinds
    ]


def _folder(role: str, scale: int | None) -> str:
    return f"{role}_x{scale}" if scale else role


def _files_of(layout: Layout) -> str:
    return f"{_folder(layout.role, layout.scale)} files"


def _matching(
    layout: Layout, layouts: list[Layout], paths: list[str], place: str
) -> list[FileEntry]:
    """Return the layout's files; one that a longer `path` describes too is that one's alone.

    So "{name}.png" and "{name}_gt.png" find two files of one folder.
    """
    longer = [other for other in layouts if layout.path and other.literal > layout.literal]
    named = [
        (name, path)
        for path in paths
        if (name := layout.name_of(path)) is not None
        and all(other.name_of(path) is None for other in longer)
    ]
    try:
        return [
            FileEntry(name=name, role=layout.role, scale=layout.scale, member=path)
            for name, path in named
        ]
    except ValidationError as error:
        raise BenchError(
            f"{place}: the pattern {layout.written} finds a file that cannot be named: "
            f"{error.errors()[0]['input']!r}. Names consist of letters, digits, _ . and -."
        ) from error


def _key(entry: FileEntry) -> Key:
    return entry.name, entry.role, entry.scale


def _shown(key: Key) -> str:
    name, role, scale = key
    return f"{_folder(role, scale)}/{name}"


def _unlisted(spec: DatasetSpec, found: list[FileEntry]) -> Iterator[str]:
    listed, here = ([_key(entry) for entry in files] for files in (spec.files, found))
    for verb, keys, others in (("missing", listed, here), ("not in files.csv", here, listed)):
        wrong = [_shown(key) for key in keys if key not in set(others)]
        if wrong:
            yield f"{len(wrong)} of {len(keys)} are {verb}: {few(wrong)}"


def _miscounted(spec: DatasetSpec, groups: list[tuple[Layout, list[FileEntry]]]) -> Iterator[str]:
    for layout, entries in groups:
        if len(entries) != spec.images:
            names = f": {few(_by_name(entries))}" if entries else ""
            yield f"{len(entries)} {_files_of(layout)} in place of {spec.images}{names}"


def _by_name(entries: list[FileEntry]) -> list[str]:
    return [entry.path for entry in sorted(entries, key=lambda entry: _natural(entry.name))]


def _twice(found: list[FileEntry]) -> Iterator[str]:
    members: dict[Key, list[str]] = {}
    for entry in found:
        members.setdefault(_key(entry), []).append(entry.path)
    several = [(key, paths) for key, paths in members.items() if len(paths) > 1]
    for key, paths in several[:SHOWN]:
        yield f"{_shown(key)} is there {len(paths)} times: {few(paths)}"
    if len(several) > SHOWN:
        yield f"and {len(several) - SHOWN} more are there several times"


def _in_order(spec: DatasetSpec, found: list[FileEntry]) -> list[FileEntry]:
    if not spec.files:
        return sorted(found, key=lambda entry: _natural(entry.name))
    place = {_key(entry): number for number, entry in enumerate(spec.files)}
    return sorted(found, key=lambda entry: place[_key(entry)])


def _natural(name: str) -> tuple[list[str | int], str]:
    """Return a key that sorts numbers inside names by their value."""
    words = re.split("([0-9]+)", name)
    return [int(word) if place % 2 else word for place, word in enumerate(words)], name
