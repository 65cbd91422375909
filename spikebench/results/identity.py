"""What identifies a table of results: a hash of its stable columns."""

import hashlib

import pyarrow as pa

from spikebench.results.columns.images import IMAGES, VOLATILE

DIGITS = 12


def table_id(images: pa.Table) -> str:
    """Return 12 hex digits of the SHA-256 over the stable columns of all rows, in sorted order.

    `images` has the columns of images.parquet, in any order; volatile ones change nothing.
    """
    names = [name for name in IMAGES.names if name not in VOLATILE]
    stable = images.select(names).sort_by([(name, "ascending") for name in names])
    digest = hashlib.sha256()
    for row in stable.to_pylist():
        digest.update(repr(tuple(row.values())).encode())
    return digest.hexdigest()[:DIGITS]
