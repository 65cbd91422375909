"""Images on which a PSNR is not finite: they keep their values and are left out of every mean.

An output that equals its target has infinite PSNR, as on a flat image. One such value makes a mean
over images infinite, and two of them have no difference. Rows are compared on the same images, so
what one row cannot give, a board leaves out for all: see docs/statistics.md.
"""

import numpy as np
import pandas as pd

from spikebench.results.columns.field import columns_of
from spikebench.results.columns.images import IMAGES

FINITE_MEANS = [field.name for field in columns_of(IMAGES.fields, over_images="finite mean")]
BOARD = ["dataset", "backbone"]


def left_out(images: pd.DataFrame) -> dict[tuple[str, str], list[str]]:
    """Return the names of the images that each board leaves out, sorted.

    `images` is images.parquet with all rows of its boards. The keys are (data set, backbone); a
    board without such an image has none. An image is left out where the PSNR of any row, of the
    ANN or of the input is infinite or undefined, at any T and seed.
    """
    undefined = images[~np.isfinite(images[FINITE_MEANS]).all(axis=1)]
    return {
        (str(dataset), str(backbone)): sorted(rows["image"].unique())
        for (dataset, backbone), rows in undefined.groupby(BOARD)
    }
