"""Addresses that name a file of this machine."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit


def local_path(address: str) -> str | None:
    """Return the path that an address names, None where it has a scheme such as https.

    `file:///data/my.pth` is /data/my.pth; what has no scheme is a path already.
    """
    if address.startswith("file:"):
        return unquote(urlsplit(address).path)
    return None if "://" in address else address


def at_home(path: str | Path, root: Path) -> Path:
    """Return a user's path with ~ replaced, below `root` where it is relative.

    A home folder that nobody has stays as it is written, and is not found.
    """
    return root / os.path.expanduser(path)
