"""The drawings hold what the table holds, and nothing that a page could not show."""

import re
import xml.etree.ElementTree as ET
from itertools import product

import pytest

from spikebench.report.charts import (
    INK,
    LINE,
    NARROW,
    PALETTE,
    QUIET,
    WIDE,
    gap_against_energy,
    highlighted,
    psnr_against_timesteps,
)

DRAWINGS = list(product([gap_against_energy, psnr_against_timesteps], [WIDE, NARROW]))
SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(("draw", "frame"), DRAWINGS)
def test_every_line_and_level_is_named(shown, draw, frame):
    words = texts(draw(shown[0], frame))
    assert {"Greedy", "Greedy, no extra", "Steady", "ANN", "degraded input"} <= set(words)


@pytest.mark.parametrize(("draw", "frame"), DRAWINGS)
def test_a_drawing_is_the_same_every_time(shown, draw, frame):
    first, second = (re.sub(r"clip\d+", "clip", draw(shown[0], frame)) for _ in range(2))
    assert first == second  # but for the running numbers of clip paths


@pytest.mark.parametrize(("draw", "frame"), DRAWINGS)
def test_names_stay_inside_the_drawing(shown, draw, frame):
    svg = draw(shown[0], frame)
    width = float(ET.fromstring(svg).get("width"))
    assert width == frame.width + frame.names + 52


@pytest.mark.parametrize(("draw", "frame"), DRAWINGS)
def test_only_colours_that_the_page_knows(shown, draw, frame):
    allowed = {*PALETTE, INK, QUIET, LINE, "none", "transparent", None}
    for node in ET.fromstring(draw(shown[0], frame)).iter():
        assert {node.get("fill"), node.get("stroke")} <= allowed


def test_the_leading_path_carries_its_timesteps(shown):
    words = texts(gap_against_energy(shown[0], WIDE))
    assert {word for word in words if word.startswith("T=")} == {"T=1", "T=2", "T=4", "T=8"}


def test_the_front_is_ringed(shown):
    svg = ET.fromstring(gap_against_energy(shown[0], WIDE))
    rings = [node for node in svg.iter(f"{SVG}path") if node.get("stroke-width") == "1.2"]
    on_front = [row for row in shown[0].competitors if row.pareto and row.psnr > shown[0].floor]
    assert len(rings) == len(on_front)


def test_methods_on_the_front_get_the_first_colours(shown):
    board = shown[0]
    names = highlighted(board)
    on_front = {row.name for row in board.competitors if row.pareto}
    assert set(names[: len(on_front)]) == on_front
