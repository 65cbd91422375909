"""How much the output layer says: the Shannon entropy of its decoded values."""

import numpy as np
import torch
from torch import Tensor

BIN = 2.0**-12  # width of a histogram's bin, in units of the image's range: 1/16 of an 8-bit step


def entropy(values: Tensor) -> float:
    """Return -sum p log2 p in bits per value, p the share of `values` in each bin of `BIN`.

    Bins are centred on multiples of `BIN`, so 0 does not lie on an edge. Any shape; at least one
    value. Values that are not finite have no entropy: NaN.
    """
    if not torch.isfinite(values).all():
        return float("nan")
    _, counts = np.unique(values.double().div(BIN).round().numpy(), return_counts=True)
    share = counts / counts.sum()
    return float(-(share * np.log2(share)).sum()) + 0.0  # no minus zero
