"""A slim drawing shows what Vega's does: compared mark by mark, and pixel by pixel."""

import io
import re
import xml.etree.ElementTree as ET

import altair as alt
import numpy as np
import pandas as pd
import pytest
import vl_convert
from PIL import Image

from spikebench.report.charts.canvas import NARROW, WIDE
from spikebench.report.charts.charts import gap_against_energy, psnr_against_timesteps
from spikebench.report.charts.svg import number, slim, svg

NAMESPACE = "http://www.w3.org/2000/svg"


def pixels(drawing: str) -> np.ndarray:
    """Return a drawing on white, (height, width), 0..255."""
    png = vl_convert.svg_to_png(drawing.replace("<svg ", f'<svg xmlns="{NAMESPACE}" ', 1))
    image = Image.open(io.BytesIO(png)).convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(white, image).convert("L"), dtype=float)


@pytest.mark.parametrize("frame", [WIDE, NARROW])
@pytest.mark.parametrize("draw", [gap_against_energy, psnr_against_timesteps])
def test_a_slim_drawing_looks_like_vegas(shown, draw, frame):
    whole = vl_convert.vegalite_to_svg(draw(shown[0], frame).to_dict())
    whole = re.sub(f' xmlns="{NAMESPACE}"', "", whole)
    whole = whole.replace(' font-family="system-ui, sans-serif"', "")
    small = slim(whole.replace("<svg", f'<svg xmlns="{NAMESPACE}"', 1), "a label")
    assert len(small) < len(whole) / 3
    assert np.abs(pixels(small) - pixels(whole)).mean() < 0.3


def test_a_chart_has_a_label_and_is_the_same_every_time(shown):
    first, second = (svg(gap_against_energy(shown[0], WIDE), 'A "b" <c>') for _ in range(2))
    assert first == second
    root = ET.fromstring(first)
    assert (root.get("role"), root.get("aria-label")) == ("img", 'A "b" <c>')


def test_two_drawings_share_no_id(shown):
    both = [svg(gap_against_energy(board, WIDE), "x") for board in shown]
    first, second = (set(re.findall('id="([^"]+)"', drawing)) for drawing in both)
    assert first and second and not first & second


def test_texts_are_escaped():
    table = pd.DataFrame({"x": [1.0], "name": ["<script>&"]})
    chart = alt.Chart(table).mark_text().encode(x="x:Q", text="name:N")
    drawing = svg(chart, "x")
    assert "&lt;script&gt;&amp;" in drawing and "<script>" not in drawing


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (-0.04, "0"), (0.25, "0.2"), (1234567.0, "1234567")]
)
def test_a_coordinate_has_one_decimal_at_most(value, text):
    assert number(value) == text
