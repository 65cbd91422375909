"""Kendall's tau of two boards by hand, and what counts as common."""

import pandas as pd
import pytest

from benchmarks.order import gaps, interval, line, tau


def board(rows: dict[str, list[float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, index=["a", "b", "c"])


LARGE = board({"one": [1, 2, 3], "two": [2, 3, 4], "three": [3, 4, 5], "four": [9, 9, 9]})


def test_one_pair_of_six_in_the_other_order_is_two_thirds():
    small = LARGE.assign(one=[3, 4, 5], two=[1, 2, 3], three=[4, 5, 6])
    assert tau(LARGE, LARGE) == 1
    assert tau(LARGE, -LARGE) == -1
    assert tau(LARGE, small[LARGE.columns]) == pytest.approx((5 - 1) / 6)


def test_the_interval_of_an_order_that_every_image_has_is_a_point():
    assert interval(LARGE, LARGE) == (1, 1)
    assert interval(LARGE, LARGE.iloc[:1]) == (1, 1)


def test_the_best_rows_are_those_of_the_first_board():
    worse = LARGE.assign(**{f"low{i}": [-float(i)] * 3 for i in range(9)})
    other = worse.assign(**{f"low{i}": [float(i) - 20] * 3 for i in range(9)}).drop(columns="one")
    cells = [cell.strip() for cell in line(("small", "large"), worse, other).split("|")[1:-1]]
    assert cells[:3] == ["small", "large", "12"]
    assert cells[3].startswith(f"{(3 + 27 - 36) / 66:.2f}")  # the nine low ones the other way round
    assert cells[4].startswith(f"{(3 + 21 - 21) / 45:.2f}")  # seven of them among the ten


def test_gaps_are_to_the_ann_on_the_same_image_and_leave_references_out():
    lines = [
        ("ann", "reference", 0, "a", 30.0),
        ("ann", "reference", 0, "b", 20.0),
        ("x", "trained", 4, "a", 29.0),
        ("x", "trained", 4, "b", 19.5),
        ("x", "trained", 8, "a", 29.9),
        ("qann", "reference", 4, "a", 1.0),
    ]
    names = ["method", "family", "timesteps", "image", "psnr"]
    frame = pd.DataFrame(lines, columns=names).assign(dataset="set", backbone="net")
    found = gaps(frame, 4)["set · net"]
    assert found.to_dict() == {"x": {"a": -1.0, "b": -0.5}}
