"""Digests of a table along its columns and its keys, which say where a changed value stands.

One digest of a table says that it was changed. With one for each column, and one for the rows of
each image, method and T, a changed value is found where the digests that differ cross.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable

import pyarrow as pa

KEYS = (
    *("scope", "dataset", "backbone", "method", "seed", "timesteps", "image", "layer", "role"),
    *("choice", "rule", "against", "energy_model", "name", "run"),
)
DIGITS = 12
SEVERAL = 3  # values that a message names at most

Digests = dict[str, dict[str, str]]


def digests(table: pa.Table) -> Digests:
    """Return, under `column`, a digest of each column; under each key, one of each value's rows."""
    rows = [repr(tuple(row.values())) for row in table.to_pylist()]
    found = {
        "column": {name: _digest(map(repr, table[name].to_pylist())) for name in table.schema.names}
    }
    for key in KEYS:
        if key in table.schema.names:
            groups = defaultdict(list)
            for value, row in zip(table[key].to_pylist(), rows, strict=True):
                groups[str(value)].append(row)
            found[key] = {value: _digest(group) for value, group in groups.items()}
    return found


def where(stated: Digests, found: Digests) -> str:
    """Return where two tables differ, such as "column psnr; image 01; T 4"; "" where nowhere."""
    words = [_named(axis, _differing(stated[axis], found.get(axis, {}))) for axis in stated]
    return "; ".join(filter(None, words))


def _digest(texts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode() + b"\n")
    return digest.hexdigest()[:DIGITS]


def _differing(stated: dict[str, str], found: dict[str, str]) -> list[str]:
    return [name for name in stated | found if stated.get(name) != found.get(name)]


def _named(axis: str, names: list[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - SEVERAL} more" if len(names) > SEVERAL else ""
    return f"{axis} {', '.join(names[:SEVERAL])}{more}"
