"""The drawings hold what the table holds, and nothing that a page could not show."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import product

import altair as alt
import pytest

from spikebench.report.charts.canvas import AXIS, INK, LINE, NARROW, PALETTE, QUIET, WIDE
from spikebench.report.charts.charts import gap_against_energy, highlighted, psnr_against_timesteps
from spikebench.report.charts.svg import svg

DRAWINGS = list(product([gap_against_energy, psnr_against_timesteps], [WIDE, NARROW]))


def texts(chart: alt.LayerChart) -> list[str]:
    return ["".join(node.itertext()) for node in root(chart).iter("text")]


def root(chart: alt.LayerChart) -> ET.Element:
    return ET.fromstring(svg(chart, "x"))


@pytest.mark.parametrize(("draw", "frame"), DRAWINGS)
def test_every_line_and_level_is_named(shown, draw, frame):
    words = texts(draw(shown[0], frame))
    assert {"Greedy", "Greedy, no extra", "Steady", "ANN", "degraded input"} <= set(words)


@pytest.mark.parametrize(("draw", "frame"), DRAWINGS)
def test_names_stay_inside_the_drawing(shown, draw, frame):
    width = float(root(draw(shown[0], frame)).get("width"))
    assert width == frame.width + frame.names + AXIS


@pytest.mark.parametrize(("draw", "frame"), DRAWINGS)
def test_only_colours_that_the_page_knows(shown, draw, frame):
    allowed = {*PALETTE, INK, QUIET, LINE, "none", "transparent", None}
    for node in root(draw(shown[0], frame)).iter():
        assert {node.get("fill"), node.get("stroke")} <= allowed


def test_the_leading_path_carries_its_timesteps(shown):
    words = texts(gap_against_energy(shown[0], WIDE))
    assert {word for word in words if word.startswith("T=")} == {"T=1", "T=2", "T=4", "T=8"}


def test_the_front_is_ringed(shown):
    rings = list(root(gap_against_energy(shown[0], WIDE)).iter("circle"))
    on_front = [row for row in shown[0].competitors if row.pareto and row.psnr > shown[0].floor]
    assert len(rings) == len(on_front)


def test_methods_on_the_front_get_the_first_colours(shown):
    board = shown[0]
    names = highlighted(board)
    on_front = {row.name for row in board.competitors if row.pareto}
    assert set(names[: len(on_front)]) == on_front


def test_each_method_is_coloured_once_before_any_variant_is(shown):
    """Of eight rows of two files and six colours: one file has two rows, the other six."""
    first = shown[0].competitors[0]
    rows = [
        replace(first, name=f"{file}{place}", method=f"{file}{place}", psnr=psnr, pareto=False)
        for file, count, psnr in (("a", 6, 29.0), ("b", 2, 25.0))
        for place in range(count)
    ]
    files = {row.method: row.method[0] for row in rows}
    names = highlighted(replace(shown[0], rows=rows, files=files))
    assert names[:4] == ["a0", "b0", "a1", "b1"] and len(names) == len(PALETTE)


def test_of_crowded_timesteps_the_first_is_said(shown):
    rows = [
        replace(row, gap_db=-1.0 - row.timesteps / 1e3) if row.name == "Greedy" else row
        for row in shown[0].rows
    ]
    near = {"45nm_fp32_cached": 0.5}
    rows = [
        replace(row, prices={m: replace(p, ratio=near.get(m, 1)) for m, p in row.prices.items()})
        for row in rows
    ]
    words = texts(gap_against_energy(replace(shown[0], rows=rows), WIDE))
    assert {word for word in words if word.startswith("T=")} == {"T=1"}


def test_the_front_is_drawn_as_steps(shown):
    """From a point of the front to the next, first along the energy, then up."""
    lines = [node for node in root(gap_against_energy(shown[0], WIDE)).iter("path")]
    (steps,) = [node.get("d") for node in lines if node.get("stroke-width") == "0.8"]
    assert "h" in steps and "v-" in steps and "l" not in steps


def test_a_reference_that_depends_on_t_is_dashed_and_named(shown):
    rows = [
        replace(row, family="reference", name="Quantised") if row.method == "steady" else row
        for row in shown[0].rows
    ]
    drawing = gap_against_energy(replace(shown[0], rows=rows), WIDE)
    dashed = [n for n in root(drawing).iter("path") if n.get("stroke-dasharray") == "6,4"]
    assert len(dashed) == 1 and dashed[0].get("stroke") == QUIET
    assert "Quantised" in texts(drawing)
    assert "Quantised" not in texts(gap_against_energy(replace(shown[0], rows=rows), NARROW))
    assert "Quantised" not in highlighted(replace(shown[0], rows=rows))


@pytest.mark.parametrize(("draw", "frame"), DRAWINGS)
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_finite_is_not_drawn(shown, draw, frame, value):
    rows = [replace(row, psnr=value, gap_db=value) for row in shown[0].rows]
    words = texts(draw(replace(shown[0], rows=rows), frame))
    assert "Greedy" not in words and "ANN" in words
    endless = [replace(row, psnr_ann=value) for row in shown[0].rows]
    assert "Greedy" in texts(draw(replace(shown[0], rows=endless), frame))
