"""explore.html in a browser: it draws without evaluating text, and any model prices it anew."""

import json
import math
import re
from dataclasses import replace

import pytest

from spikebench.report import links
from spikebench.report.pages.drawing import drawing
from spikebench.report.pages.explore import _board
from tests.report.pages.conftest import HOSTILE


@pytest.fixture
def page(opened):
    page = opened(links.EXPLORE)
    page.locator("#chart svg").wait_for()
    return page


def numbers(page) -> list[list[str]]:
    """Return the table behind the charts, when what was chosen is drawn."""
    page.evaluate("drawn")
    page.evaluate("one('#numbers').open = true")
    lines = page.locator("#numbers tbody tr").all_inner_texts()
    return [line.split("\t") for line in lines]


def test_it_draws_both_charts_of_the_first_board(page):
    assert "unsafe-eval" not in page.content().split("<title>")[0]
    texts = page.locator("#chart svg text").all_text_contents()
    assert {"ANN", "degraded input", "timesteps T (log)", "energy, ANN = 1 (log)"} <= set(texts)
    lines = numbers(page)
    assert len(lines) == 3 * 4
    assert lines[0][:4] == [HOSTILE, "1", "21.25", "\N{MINUS SIGN}8.00"]


def test_a_method_a_model_and_a_board_can_be_chosen_and_linked(page, opened):
    before = numbers(page)
    page.select_option("#set", "photos.upscaler")
    page.select_option("#model", "lemaire_int32")
    page.select_option("#method", "greedy")
    now = numbers(page)
    assert [line[:3] for line in now][-1] == ["Greedy", "8", "37.00"]
    assert now[0][4] != next(line for line in before if line[:2] == ["Greedy", "1"])[4]
    assert page.get_attribute("#method-page", "href") == "methods/greedy.html"
    assert page.get_attribute("#table", "href") == "index.html#set=photos&net=upscaler"
    compare = page.get_by_role("link", name="Compare").get_attribute("href")
    assert compare == "compare.html#set=photos.upscaler&model=lemaire_int32&one=greedy"
    again = opened(page.url.rsplit("/", 1)[1])
    again.evaluate("drawn")
    assert again.input_value("#model") == "lemaire_int32"
    page.go_back()
    page.evaluate("drawn")
    assert page.input_value("#method") == ""


def test_the_tooltip_of_a_point_has_its_row(page):
    """All points of both charts say a method, a T and numbers that the table has."""
    known = {(line[0], *line[1:6]) for line in numbers(page)}
    points = page.locator("#chart svg .mark-symbol path[aria-roledescription='point']")
    shown = [p for p in points.all() if (p.get_attribute("opacity") or "1") != "0"]
    tried = 0
    for point in shown:
        box = point.bounding_box()
        page.mouse.move(5, 5)
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        tooltip = page.locator("#vg-tooltip-element.visible")
        if tooltip.count():
            texts = tooltip.locator("td.value").all_inner_texts()
            assert tuple(texts) in known
            tried += 1
    assert tried >= 12


def test_lines_in_colour_are_named_and_a_name_chooses_its_line(page):
    names = page.locator("#key button")
    assert set(names.all_inner_texts()) == {HOSTILE, "Greedy", "Greedy, no extra"}
    greedy = page.get_by_role("button", name="Greedy", exact=True)
    greedy.click()
    page.evaluate("drawn")
    assert page.input_value("#method") == "greedy"
    assert greedy.get_attribute("aria-pressed") == "true"
    greedy.click()
    page.evaluate("drawn")
    assert page.input_value("#method") == ""


def test_rows_that_are_not_finite_are_left_out_and_counted(shown, results):
    board = shown[0]
    rows = [replace(row, psnr=math.inf) if row.timesteps == 8 else row for row in board.rows]
    found = _board(replace(board, rows=rows), results)
    assert (len(found["rows"]), found["left"]) == (9, 3)
    assert "Infinity" not in json.dumps(found)


def test_the_front_is_that_of_the_leaderboard_under_the_model_that_ranks(shown, results):
    found = _board(shown[0], results)["rows"]
    model = results.models[0]
    front = {(row["method"], row["T"]) for row in found if model in row["fronts"]}
    assert front == {(row.method, row.timesteps) for row in shown[0].rows if row.pareto}


def test_a_drawing_names_only_the_data_that_the_script_fills():
    text = json.dumps(drawing([1, 2], 470, 380))
    assert set(re.findall(r'"data": {"name": "(\w+)"}', text)) == {"rows", "levels"}
    assert "http" not in text.replace("https://vega.github.io/schema", "")
