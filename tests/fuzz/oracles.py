"""Independent readers: what a file holds, read by other code than the product's."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import safetensors.torch
import tifffile
import torch
from PIL import Image, ImageOps

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of PNG's colour types


def pixels_of(content: bytes) -> np.ndarray | None:
    """Return the upright pixels of an image, grey (H, W) or RGB (H, W, 3); None if not known.

    PNG is decoded here, TIFF by tifffile, Netpbm here, and the others by Pillow's plain conversion.
    """
    if content.startswith(b"\x89PNG"):
        found = _png(content)
    elif content[:2] in (b"II", b"MM") and (page := _page(content)):
        found = _tiff(page)
    elif content[:1] == b"P" and content[1:2] in b"56":
        return _netpbm(content)
    else:
        return _pillow(content)
    return None if found is None else _upright(content, found)


def tensors_of(content: bytes) -> dict[str, torch.Tensor]:
    """Return the tensors of a checkpoint under the keys that lead to them, joined by dots."""
    if content[8:9] == b"{":
        return safetensors.torch.load(content)
    return dict(_flat(torch.load(io.BytesIO(content), weights_only=True), ""))


def _flat(value: Any, name: str):
    if isinstance(value, torch.Tensor):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple):
        yield from _flat(dict(enumerate(value)), name)


def _png(content: bytes) -> np.ndarray | None:
    """Decode a PNG without interlacing (PNG specification, third edition, sections 7 and 9)."""
    chunks, place = [], 8
    while place + 8 <= len(content):
        length, name = struct.unpack(">I4s", content[place : place + 8])
        chunks.append((name, content[place + 8 : place + 8 + length]))
        place += 12 + length
    named = dict(chunks)
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", named[b"IHDR"][:13])
    if interlaced or depth > 8:
        return None
    data = zlib.decompressobj().decompress(b"".join(part for n, part in chunks if n == b"IDAT"))
    bits = depth * CHANNELS[kind]
    stride, step = -(-width * bits // 8), max(1, bits // 8)
    rows, above = [], np.zeros(stride, np.uint8)
    for y in range(height):
        line = data[y * (stride + 1) : (y + 1) * (stride + 1)]
        above = _unfiltered(line[0], bytearray(line[1:]), above, step)
        rows.append(above)
    samples = np.unpackbits(np.stack(rows), axis=1)[:, : width * bits]
    samples = samples.reshape(height, width, CHANNELS[kind], depth)
    values = (samples * (1 << np.arange(depth - 1, -1, -1))).sum(-1).astype(np.uint8)
    if kind == 3:
        return np.frombuffer(named[b"PLTE"], np.uint8).reshape(-1, 3)[values[..., 0]]
    if kind in (0, 4):
        return values[..., 0] * np.uint8(255 // ((1 << depth) - 1))
    return values[..., :3]


def _unfiltered(kind: int, line: bytearray, above: np.ndarray, step: int) -> np.ndarray:
    for x in range(len(line)):
        a = line[x - step] if x >= step else 0
        b = int(above[x])
        c = int(above[x - step]) if x >= step else 0
        nearest = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
        line[x] = (line[x] + (0, a, b, (a + b) // 2, nearest)[kind]) & 255
    return np.frombuffer(bytes(line), np.uint8)


def _page(content: bytes) -> tifffile.TiffPage | None:
    """Return the one page of a TIFF; None where tifffile gives up on its tags or compression."""
    try:
        (page,) = tifffile.TiffFile(io.BytesIO(content)).pages
    except tifffile.TiffFileError:
        return None
    return page if page.compression.name in ("NONE", "ADOBE_DEFLATE", "DEFLATE") else None


def _tiff(page: tifffile.TiffPage) -> np.ndarray:
    found = page.asarray()
    if page.photometric == tifffile.PHOTOMETRIC.PALETTE:
        return (np.moveaxis(page.colormap, 0, -1) >> 8)[found].astype(np.uint8)
    if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and found.ndim == 3:
        found = np.moveaxis(found, 0, -1)
    if found.dtype == bool:
        return found * np.uint8(255)
    if found.ndim == 3:
        found = found[..., :3] if found.shape[-1] >= 3 else found[..., 0]
    return found


def _netpbm(content: bytes) -> np.ndarray:
    words, place = [], 2
    while len(words) < 3:
        while content[place : place + 1].isspace():
            place += 1
        if content[place : place + 1] == b"#":
            place = content.index(b"\n", place)
            continue
        end = place
        while not content[end : end + 1].isspace():
            end += 1
        words.append(int(content[place:end]))
        place = end
    (width, height, _), count = words, 3 if content[1:2] == b"6" else 1
    data = np.frombuffer(content, np.uint8, width * height * count, place + 1)
    return data.reshape((height, width, 3) if count == 3 else (height, width))


def _pillow(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        grey = image.mode in ("1", "L", "LA")
        return np.asarray(ImageOps.exif_transpose(image).convert("L" if grey else "RGB"))


def _upright(content: bytes, pixels: np.ndarray) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(ImageOps.exif_transpose(_tagged(image, pixels)))


def _tagged(image: Image.Image, pixels: np.ndarray) -> Image.Image:
    """Return the pixels as an image with the orientation of another."""
    made = Image.fromarray(pixels)
    orientation = image.getexif().get(0x0112)
    if orientation is not None:
        made.getexif()[0x0112] = orientation
    return made
