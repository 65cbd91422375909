"""The sentences about a name that is unknown or written twice, and about a path."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from spikebench.io.yaml import suggestion


def unknown(key: str, kind: str, name: str, known: list[str]) -> Iterator[str]:
    """Yield a sentence with the nearest of the `known` names, if `name` is not one of them."""
    if name not in known:
        hint = suggestion(name, known)
        yield f"`{key}`: unknown {kind} '{name}'.{hint} Known: {', '.join(known) or 'none'}."


def repeated(key: str, names: list[str]) -> Iterator[str]:
    """Yield a sentence for each name that stands more than once under `key`."""
    for name, times in Counter(names).items():
        if times > 1:
            yield f"`{key}`: '{name}' is listed {times} times. Keep one of them."


def in_full(path: Path, root: Path) -> str:
    """Return a path as the configuration has it and, if it is relative, where that leads."""
    return str(path) if path.is_absolute() else f"{path} ({(root / path).absolute()})"
