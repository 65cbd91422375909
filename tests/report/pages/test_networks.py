"""A page a network: drawn beside its layers, with its weights and the numbers known about it."""

import pytest

from spikebench.ann.backbone import load_backbone_spec
from spikebench.report import links
from spikebench.report.pages.networks import in_short
from spikebench.run import catalogue
from tests.report.pages.conftest import HOSTILE


@pytest.fixture
def page(opened):
    return opened(links.backbone_page("upscaler"))


def test_it_says_what_the_network_is(page):
    assert page.inner_text("h1") == "Upscaler"
    text = page.inner_text("main")
    for said in (
        "https://example.org/a.pth",
        "backbones/plain.py",
        "width: 100",
        "MIT",
        "Jane Doe",
    ):
        assert said in text


def test_the_graph_stands_beside_the_layers(page):
    rows = page.locator(".network tbody tr")
    assert rows.locator("th").all_inner_texts() == ["image", "entry", "hidden", "sub"]
    assert rows.locator("svg").count() == 4
    hidden = rows.nth(2).locator("td").all_inner_texts()
    # 1000 outputs, ten million multiply-accumulates, half of them on zeros.
    assert hidden[1:5] == ["Conv2d 3x3, 100 → 1", "1000", "10.0", "50"]


def test_rates_are_of_the_methods_in_the_header(page):
    header = page.locator(".network thead th.rate").first
    assert header.inner_text().startswith("Greedy")
    header.locator("a").click()
    assert page.url.endswith("methods/greedy.html")


def test_the_rows_of_a_drawing_have_one_height(page):
    heights = page.locator(".network tbody tr").evaluate_all(
        "rows => rows.map(r => r.offsetHeight)"
    )
    assert max(heights) - min(heights) <= 1  # the table's own line


def test_known_numbers_stand_beside_the_measured_ones(page):
    row = page.locator(".known tbody tr").inner_text().split("\t")
    assert row[:6] == ["Upscaler", "photos", "x", "29.10", "37.25", "+8.15"]


def test_refusals_are_listed_with_their_reason(page):
    assert page.inner_text("#refusals + dl dt") == "Greedy"
    assert page.inner_text("#refusals + dl dd") == "It has <two> outputs."


def test_names_are_text(opened):
    assert opened(links.backbone_page("denoiser")).inner_text("h1") == HOSTILE


def test_the_list_leads_to_every_network(opened):
    page = opened(links.BACKBONES)
    assert page.locator("dt a").all_inner_texts() == [HOSTILE, "Upscaler"]
    assert "photos: ANN 29.25 dB, input 20.00 dB" in page.inner_text("dd >> nth=0")


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ({"kind": "jpeg", "quality": 10, "channels": "y"}, "removes JPEG artefacts of quality 10"),
        ({"kind": "paired", "name": "low_light", "channels": "rgb"}, "low light of colour images"),
    ],
)
def test_tasks_without_a_shipped_network_can_be_said(task, words):
    assert in_short(task).startswith(words)


@pytest.mark.parametrize("name", catalogue.backbone_names())
def test_every_task_can_be_said(name):
    task = load_backbone_spec(name).task
    said = in_short(task.model_dump(mode="json"))
    assert said.split()[0] in ("removes", "enlarges")
    for number in (task.sigma, task.scale):
        assert number is None or f"{number:g}" in said
