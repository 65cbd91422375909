"""Image files that are built byte by byte, with pixels that are known without a reader."""

import struct
import zlib
from collections.abc import Sequence

import numpy as np

GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6  # colour types of PNG


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_file(
    samples: np.ndarray,
    depth: int,
    colour_type: int,
    before: Sequence[tuple[bytes, bytes]] = (),
    after: Sequence[tuple[bytes, bytes]] = (),
) -> bytes:
    """Return a PNG of the samples (H, W) or (H, W, C), with chunks before and after the pixels."""
    height, width = samples.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    rows = b"".join(b"\0" + packed(row.ravel(), depth) for row in samples)
    pixels = (b"IDAT", zlib.compress(rows))
    chunks = [(b"IHDR", header), *before, pixels, *after, (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def packed(row: np.ndarray, depth: int) -> bytes:
    """Return samples of 1 to 16 bits as bytes, the first in the highest bits."""
    if depth == 16:
        return row.astype(">u2").tobytes()
    bits = row.astype(np.uint8)[:, None] >> np.arange(depth - 1, -1, -1) & 1
    return np.packbits(bits.ravel()).tobytes()


def netpbm_file(samples: np.ndarray, maximum: int, *, plain: bool = False) -> bytes:
    """Return a PGM or PPM file, binary or plain, of samples in 0 .. maximum."""
    height, width = samples.shape[:2]
    magic = (2 if samples.ndim == 2 else 3) + (0 if plain else 3)
    header = f"P{magic}\n# a comment\n{width} {height}\n{maximum}\n".encode()
    if plain:
        return header + "\n".join(map(str, samples.ravel())).encode() + b"\n"
    return header + samples.astype(">u2" if maximum > 255 else "u1").tobytes()


def bmp_file(samples: np.ndarray, bits: int, palette: np.ndarray | None = None) -> bytes:
    """Return a BMP of 5-5-5 colours (bits 16, samples (H, W)) or of palette entries (bits 8)."""
    height, width = samples.shape
    colours = b"" if palette is None else np.pad(palette[:, ::-1], ((0, 0), (0, 1))).tobytes()
    stored = samples[::-1].astype("<u2" if bits == 16 else "u1")
    rows = b"".join(row.tobytes() + b"\0" * (-row.nbytes % 4) for row in stored)
    start, used = 54 + len(colours), 0 if palette is None else len(palette)
    head = struct.pack("<2sIHHI", b"BM", start + len(rows), 0, 0, start)
    info = (40, width, height, 1, bits, 0, len(rows), 2835, 2835, used, 0)
    return head + struct.pack("<IiiHHIIiiII", *info) + colours + rows


def exif(orientation: int) -> bytes:
    """Return EXIF data that hold an orientation and nothing else."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def turned(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Return stored pixels upright (EXIF 2.32, tag Orientation: where row 0 and column 0 are)."""
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels[:, ::-1] if orientation in (2, 3, 6, 7) else pixels
