"""The drawings of the ablation: every variant named, and heights that follow the losses."""

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise, product

import altair as alt
import pytest

from spikebench.report.boards.ablation import ablation
from spikebench.report.charts.ablation import (
    LEAST_LOSS,
    entropy_against_timesteps,
    loss_against_timesteps,
)
from spikebench.report.charts.canvas import INK, LINE, NARROW, PALETTE, QUIET, WIDE
from spikebench.report.charts.svg import svg

DRAWINGS = list(product([loss_against_timesteps, entropy_against_timesteps], [WIDE, NARROW]))


@pytest.fixture
def found(shown, results):
    return ablation(shown[0], results.methods)


def root(chart: alt.LayerChart) -> ET.Element:
    return ET.fromstring(svg(chart, "x"))


def points(chart: alt.LayerChart) -> list[tuple[float, float]]:
    """Return the places of all dots, in the order of the table: by variant, then by T."""
    drawn = (node.get("d") for node in root(chart).iter("path") if node.get("stroke-linecap"))
    return [(float(x), float(y)) for d in drawn for x, y in re.findall(r"M([\d.]+) ([\d.]+)h0", d)]


@pytest.mark.parametrize(("draw", "frame"), DRAWINGS)
def test_every_variant_is_named_in_colours_that_the_page_knows(found, draw, frame):
    drawing = root(draw(found, frame))
    words = {"".join(node.itertext()) for node in drawing.iter("text")}
    assert {"neither", "MPRN and CPM", "2", "4", "8"} <= words
    allowed = {*PALETTE, INK, QUIET, LINE, "none", "transparent", None}
    assert all({n.get("fill"), n.get("stroke")} <= allowed for n in drawing.iter())


def test_variants_that_all_switch_something_else_too_are_drawn(found):
    others = [replace(variant, plain=False) for variant in found.variants]
    for draw in (loss_against_timesteps, entropy_against_timesteps):
        assert points(draw(replace(found, variants=others), WIDE)) == points(draw(found, WIDE))


def test_half_the_loss_is_always_the_same_way_up(found):
    """Neither loses 6/T dB and both lose 2/T: one factor of 3, one of 2 for each doubling."""
    heights = [y for _, y in points(loss_against_timesteps(found, WIDE))]
    alone, both = heights[:3], heights[3:]
    doubled = alone[0] - alone[1]
    assert doubled > 0
    assert [a - b for a, b in pairwise(alone)] == pytest.approx([doubled] * 2, abs=0.11)
    assert [a - b for a, b in pairwise(both)] == pytest.approx([doubled] * 2, abs=0.11)
    assert [a - b for a, b in zip(alone, both, strict=True)] == pytest.approx(
        [doubled * math.log2(3)] * 3, abs=0.2
    )


@pytest.mark.parametrize("gap", [0.0, 0.5])
def test_what_beats_the_ann_is_drawn_as_the_least_loss(found, gap):
    first, *others = found.variants
    rows = {time: replace(row, gap_db=gap) for time, row in first.rows.items()}
    least = {time: replace(row, gap_db=-LEAST_LOSS) for time, row in first.rows.items()}
    drawn, expected = (
        points(
            loss_against_timesteps(replace(found, variants=[replace(first, rows=r), *others]), WIDE)
        )
        for r in (rows, least)
    )
    assert drawn == expected
