"""The images in a user's folder, each read whole and described."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from spikebench.adding.names import image_name
from spikebench.data.entry import FileEntry, Role
from spikebench.data.fetch.provided import is_hidden, paths_below
from spikebench.data.images import pixel_sha256, read_pixels
from spikebench.errors import BenchError
from spikebench.io.checksums import file_sha256

SHOWN = 20  # of a kind of fault; a folder of thousands may have as many
PAIRS: dict[str, Role] = {"input": "degraded", "target": "target"}  # folders of pairs


@dataclass(frozen=True)
class Found:
    """One image: its row of files.csv, its height and width in pixels, and whether it is grey."""

    entry: FileEntry
    height: int
    width: int
    grey: bool


def find_images(folder: Path) -> tuple[list[Found], list[str]]:
    """Return the images below a folder in natural order, 2 before 10, and the files passed over.

    With images in both of the folders input/ and target/ in it, they are inputs and clean images;
    otherwise all are clean images. Passed over are files whose names do not end as those of images
    do, and of pairs what is in neither folder. Raises `BenchError`, listing each file, where an
    image cannot be read exactly, two clean ones have the same pixels, or two would get the same
    name; and where there is no folder, or no image in it.
    """
    if not folder.is_dir():
        raise BenchError(f"There is no folder {folder}. Name the one that holds the images.")
    ends = set(Image.registered_extensions())
    paths = [path for path in paths_below(folder) if not is_hidden(path)]
    members = [path for path in paths if Path(path).suffix.lower() in ends]
    if {path.split("/")[0] for path in members if "/" in path} >= PAIRS.keys():
        members = [path for path in members if path.split("/")[0] in PAIRS and "/" in path]
    else:
        members = [f"/{path}" for path in members]
    if not members:
        raise BenchError(f"{folder} holds no image, only {', '.join(paths[:5]) or 'nothing'}.")
    found = _read(folder, sorted(members, key=_natural))
    _refuse(_alike(found, lambda image: image.entry.file_name), folder, "would have one name")
    clean = [image for image in found if image.entry.role == "target"]
    _refuse(_alike(clean, lambda image: image.entry.pixels), folder, "have the same pixels")
    used = {image.entry.member for image in found}
    return found, [path for path in paths if path not in used]


def _read(folder: Path, members: list[str]) -> list[Found]:
    """Read images; the first part of a path is the folder of its role, empty where there is none"""
    found, faults = [], []
    for member in members:
        place, _, inner = member.partition("/")
        role = PAIRS.get(place, "target")
        try:
            found.append(_described(folder, member.removeprefix("/"), image_name(inner), role))
        except BenchError as error:
            faults.append(str(error))
    if faults:
        raise BenchError(
            "\n".join(faults[:SHOWN])
            + f"\n{len(faults)} of {len(members)} images cannot be used; nothing was written."
        )
    return found


def _described(folder: Path, member: str, name: str, role: Role) -> Found:
    if not member.isprintable() or member != member.strip():  # so are bytes that are no UTF-8
        raise BenchError(f"{folder}: the name {member!a} cannot be written down. Rename the file.")
    pixels = read_pixels(folder / member)
    entry = FileEntry.model_validate(
        {
            "name": name,
            "role": role,
            "member": member,
            "bytes": (folder / member).stat().st_size,
            "sha256": file_sha256(folder / member),
            "pixels": pixel_sha256(pixels) if role == "target" else None,
        }
    )
    height, width = pixels.shape[:2]
    return Found(entry, height, width, grey=pixels.ndim == 2)


def _alike(found: list[Found], by: Callable[[Found], str | None]) -> list[list[str]]:
    groups: dict[str | None, list[str]] = defaultdict(list)
    for image in found:
        groups[by(image)].append(image.entry.path)
    return [members for members in groups.values() if len(members) > 1]


def _refuse(groups: Iterable[list[str]], folder: Path, what: str) -> None:
    lines = [f"{folder}: {', '.join(same)} {what}." for same in groups]
    if lines:
        rest = f"\nand {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
        raise BenchError(
            "\n".join(lines[:SHOWN]) + f"{rest}\nKeep or rename one of each; nothing was written."
        )


def _natural(path: str) -> tuple[list[str | int], str]:
    words = re.split("([0-9]+)", path)
    return [int(word) if place % 2 else word for place, word in enumerate(words)], path
