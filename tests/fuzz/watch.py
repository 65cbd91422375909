"""What a piece of code writes, starts or calls while it reads a hostile file."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.truncate"}
STARTS = {"os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen", "socket.connect"}
_noted: list[str] | None = None  # None: nobody watches
_inside: tuple[Path, ...] = ()


@contextmanager
def nothing_outside(*folders: Path) -> Iterator[None]:
    """Fail where the block writes outside of some folders, or starts anything.

    What Python itself keeps in __pycache__ does not count. Seen is what Python does: its audit
    events, PEP 578.
    """
    global _noted, _inside
    noted = _noted = []
    _inside = tuple(folder.absolute() for folder in folders)
    try:
        yield
    finally:
        _noted = None
    assert not noted, noted


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if _noted is None:
        return
    if event in STARTS:
        _noted.append(f"{event} {arguments}")
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES
    paths = arguments[:2] if event in ("os.rename", "os.link") else arguments[:1]
    if writes or event in CHANGES:
        _noted.extend(f"{event} {path!r}" for path in paths if _is_outside(path))


def _is_outside(path: object) -> bool:
    if not isinstance(path, str | bytes | os.PathLike):
        return False  # a file that is open already
    place = Path(os.path.abspath(os.fsdecode(path)))
    return place.parent.name != "__pycache__" and not set(_inside) & set(place.parents)


sys.addaudithook(_note)
