"""Pictures of restored images: small crops to look at. No number is computed from them."""

import io

import numpy as np
import pandas as pd
from PIL import Image
from torch import Tensor

CROP = 80  # side of a crop, pixels
QUALITY = 85  # of WebP: a run keeps a crop for each row, T and shown image
# What is shown where so many pictures are wanted and there.
CHOICES = [[], ["median"], ["worst", "best"], ["worst", "median", "best"]]


def centre_crop(image: Tensor) -> bytes:
    """Return the centre of an image (1, C, H, W) in [0, 1], C = 1 or 3, as a WebP file."""
    height, width = image.shape[-2:]
    top, left = max(0, (height - CROP) // 2), max(0, (width - CROP) // 2)
    crop = image[0, :, top : top + CROP, left : left + CROP].clamp(0, 1).mul(255).round()
    pixels = crop.permute(1, 2, 0).squeeze(-1).byte().contiguous().numpy()
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="WEBP", quality=QUALITY, method=6)
    return buffer.getvalue()


def shown_pictures(
    pictures: pd.DataFrame, images: pd.DataFrame, wanted: dict[tuple[str, str], int]
) -> pd.DataFrame:
    """Return the crops that a run shows, with the column `choice`: worst, median, best.

    `pictures` and `images` are all cells' rows; `wanted` says for each (data set, backbone) how
    many images are shown, 0 to 3. The rule: images are ordered by PSNR minus the
    ANN's, averaged over all spiking rows and timesteps of the first seed; those whose mean is not
    finite are shown only where a board has no others. The target, the degraded input and the ANN's
    output, which every cell brings, are kept once.
    """
    first = pictures["seed"] == pictures["seed"].min()
    kept = pictures[first].merge(_choices(images, wanted), on=["dataset", "backbone", "image"])
    once = ["dataset", "backbone", "image", "role"]
    again = (kept["role"] != "restored") & kept.duplicated(once)
    return kept[~again].reset_index(drop=True)


def _choices(images: pd.DataFrame, wanted: dict[tuple[str, str], int]) -> pd.DataFrame:
    first = images[images["seed"] == images["seed"].min()]
    spiking = first["timesteps"] > 0
    gaps = (first["psnr"] - first["psnr_ann"]).fillna(np.inf)  # of two infinite ones
    gaps = gaps.where(spiking)  # a reference has none
    by_image = gaps.groupby([first["dataset"], first["backbone"], first["image"]]).mean()
    rows = [
        (dataset, backbone, image, choice)
        for (dataset, backbone), board in by_image.groupby(level=[0, 1])
        for image, choice in _chosen(board.droplevel([0, 1]), wanted[dataset, backbone])
    ]
    return pd.DataFrame(rows, columns=["dataset", "backbone", "image", "choice"])


def _chosen(gaps: pd.Series, count: int) -> list[tuple[str, str]]:
    """Return (image, choice) for the gaps of one board's images, in dB, by image name."""
    finite = gaps[np.isfinite(gaps)]
    kept = finite if len(finite) else gaps
    ordered = list(kept.sort_index().sort_values(kind="stable").index)
    places = {"worst": 0, "median": (len(ordered) - 1) // 2, "best": len(ordered) - 1}
    shown = CHOICES[min(count, len(ordered))]
    return [(ordered[places[choice]], choice) for choice in shown]
