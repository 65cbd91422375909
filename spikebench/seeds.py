"""Random seeds, one independent stream per named axis."""

import hashlib


def derive(base: int, *axes: str | int) -> int:
    """Return the seed of one stream, an integer in [0, 2**63).

    The axes name what is drawn ("noise", "set12", "01.png", repetition 0). A stream depends on its
    own axes only, so every method sees the same noise on an image, and adding an image or a method
    moves no other stream.
    """
    name = "\x1f".join(str(part) for part in (base, *axes))
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) >> 1
