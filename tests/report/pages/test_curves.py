"""Small drawings of one row's curves: every finite point is drawn where it belongs."""

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import pytest

from spikebench.report.pages.curves import Axis, Curves, log_ticks, ticks


@pytest.fixture(scope="module")
def board(shown):
    return shown[0]


def circles(drawing: str) -> list[tuple[float, float]]:
    return [
        (float(x), float(y)) for x, y in re.findall(r'<circle.*?cx="(.*?)" cy="(.*?)"', drawing)
    ]


def test_a_point_for_each_t_at_equal_distances(board):
    """T doubles from point to point, so that a logarithmic axis takes equal steps."""
    places = circles(Curves(board).against_timesteps("steady"))
    steps = [right - left for (left, _), (right, _) in pairwise(places)]
    assert len(places) == 4
    assert steps == pytest.approx([steps[0]] * 3, abs=0.2)
    assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)  # it improves


def test_energy_grows_to_the_right_and_points_are_named_by_t(board):
    drawing = Curves(board).against_energy("greedy")
    assert [x for x, _ in circles(drawing)] == sorted(x for x, _ in circles(drawing))
    root = ET.fromstring(drawing)
    texts = [node.text for node in root.iter() if node.tag.endswith("text")]
    assert {"1", "2", "4", "8", "ANN", "degraded input"} <= set(texts)


def test_a_screen_reader_hears_the_numbers(board):
    drawing = Curves(board).against_timesteps("greedy")
    assert 'aria-label="27.25 dB at T = 1; 28.25 dB at T = 2;' in drawing


def test_a_reference_that_depends_on_t_is_dashed_and_named(board):
    twin = [
        replace(row, name="<twin>", method="qann", family="reference")
        for row in board.rows
        if row.method == "steady"
    ]
    drawing = Curves(replace(board, rows=[*board.rows, *twin])).against_timesteps("greedy")
    assert drawing.count('class="twin"') == 1
    assert "&lt;twin&gt;" in drawing


@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_what_is_not_finite_is_not_drawn(board, value):
    rows = [
        replace(row, psnr=value) if (row.method, row.timesteps) == ("greedy", 4) else row
        for row in board.rows
    ]
    drawing = Curves(replace(board, rows=rows)).against_timesteps("greedy")
    assert len(circles(drawing)) == 3
    assert "nan" not in drawing and "inf" not in drawing


def test_one_point_alone(board):
    rows = [row for row in board.rows if (row.method, row.timesteps) in {("steady", 8), ("ann", 0)}]
    assert len(circles(Curves(replace(board, rows=rows)).against_timesteps("steady"))) == 1


def test_a_row_without_steps_says_so(board):
    assert "No point can be drawn." in Curves(board).against_timesteps("ann")


def test_an_axis_maps_its_ends():
    line = Axis(1.0, 3.0, 100.0, 200.0, [])
    assert (line(1.0), line(2.0), line(3.0)) == (100.0, 150.0, 200.0)
    log = Axis(1.0, 100.0, 0.0, 50.0, [], log=True)
    assert (log(1.0), log(10.0), log(100.0)) == (0.0, 25.0, 50.0)


def test_ticks_are_round():
    assert ticks(19.4, 30.1) == [20, 22, 24, 26, 28, 30]
    assert ticks(0.0, 1.0) == [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert log_ticks(0.15, 3.0) == [0.2, 0.5, 1, 2]
    assert log_ticks(0.004, 2.0) == [0.01, 0.1, 1]
