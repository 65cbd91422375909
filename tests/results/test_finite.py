"""Which images a board leaves out, against a loop over its rows."""

import math

import pytest

from spikebench.results.finite import left_out
from tests.rows import image_frame, image_row


def test_finite_boards_leave_out_nothing():
    assert left_out(image_frame(image_row(), image_row(image="02", lpips=None))) == {}


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("column", ["psnr", "psnr_ann", "psnr_input"])
def test_one_value_of_one_row_leaves_its_image_out_on_its_board_alone(column, value):
    rows = [
        image_row(dataset=dataset, backbone=backbone, method=method, timesteps=t, image=image)
        for dataset in ("s1", "s2")
        for backbone in ("n1", "n2")
        for method in ("a", "b")
        for t in (1, 4)
        for image in ("x", "y", "z")
    ]
    for row in rows:
        place = (row["dataset"], row["backbone"], row["method"], row["timesteps"], row["image"])
        if place in [("s1", "n2", "b", 4, "y"), ("s1", "n2", "a", 1, "x")]:
            row[column] = value
    assert left_out(image_frame(*rows)) == {("s1", "n2"): ["x", "y"]}


def test_other_columns_leave_out_nothing():
    assert left_out(image_frame(image_row(lpips=math.inf, output_entropy=math.nan))) == {}
