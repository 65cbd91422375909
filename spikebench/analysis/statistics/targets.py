"""What it takes to come near the ANN."""

import numpy as np


def smallest_within(price: np.ndarray, gap: np.ndarray, distance: float) -> float | None:
    """Return the smallest `price` (n,) among points whose `gap` (n,) is at least -distance dB.

    The smallest that was measured: nothing is interpolated, since a network runs for a whole
    number of steps. None, where no point comes so near.
    """
    near = gap >= -distance - 1e-9  # what was meant as equal is inside
    return float(price[near].min()) if near.any() else None
