"""Ranks, fronts, and a rank over several boards."""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np


def shared_ranks(values: np.ndarray, decimals: int = 2) -> np.ndarray:
    """Return ranks 1, 2, .. of values, largest first; values equal to `decimals` share a rank.

    Missing values (NaN) come last.
    """
    rounded = np.round(np.where(np.isnan(values), -np.inf, values), decimals)
    return 1 + (rounded[None, :] > rounded[:, None]).sum(axis=1)


def pareto(cost: np.ndarray, quality: np.ndarray) -> np.ndarray:
    """Tell which points no other beats: none is as cheap and better, or cheaper and as good.

    A point with a missing cost or quality is none of them.
    """
    cheaper = (cost[None, :] <= cost[:, None]) & (quality[None, :] >= quality[:, None])
    strictly = (cost[None, :] < cost[:, None]) | (quality[None, :] > quality[:, None])
    return ~(cheaper & strictly).any(axis=1) & ~np.isnan(cost) & ~np.isnan(quality)


def borda(
    boards: Sequence[Mapping[Hashable, float]], everyone: Sequence[Hashable], decimals: int = 2
) -> np.ndarray:
    """Return the Borda points of `everyone` (n,) over boards of values, larger values better.

    On each board a competitor gets one point for every other that it beats, and half a point for
    one that is equal to `decimals`. Who is missing on a board is beaten there by all who are not.
    Values of two boards are never compared or added: only their order counts (de Borda, 1781).
    """
    values = np.full((len(boards), len(everyone)), -np.inf)
    for row, board in enumerate(boards):
        for column, name in enumerate(everyone):
            if name in board:
                values[row, column] = np.round(board[name], decimals)
    above = (values[:, :, None] > values[:, None, :]).sum(axis=(0, 2))
    level = (values[:, :, None] == values[:, None, :]).sum(axis=(0, 2)) - len(boards)  # oneself
    return above + level / 2
