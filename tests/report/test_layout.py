"""The first page on a phone, a desk and paper: nothing is cut off, and words stay apart."""

import pytest
from axe_playwright_python.sync_playwright import Axe


def test_a_phone_needs_no_sideways_scrolling(page):
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".narrow:visible svg").count() == 1
    assert page.locator(".wide:visible").count() == 0
    for table in (".ranking", ".compared", ".standing >> nth=0"):
        assert page.locator(table).bounding_box()["width"] <= 390
    heads = page.locator("#ranking thead th:visible").all_inner_texts()
    assert [head.split(",")[0].strip() for head in heads] == [
        "Rank",
        "Method",
        "Spikes",
        "T",
        "PSNR",
        "Gap to ANN",
        "Energy",
    ]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page, scheme, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    for details in page.locator("details").all():
        details.evaluate("node => node.open = true")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_print_leaves_out_what_only_works_on_a_screen(page):
    page.emulate_media(media="print")
    assert page.locator(".script-only:visible").count() == 0
    assert page.locator("#ranking:visible").count() == 1


def test_on_paper_no_table_is_cut_off(page):
    """259 mm is what letter paper leaves across, less than A4."""
    page.set_viewport_size({"width": 979, "height": 700})
    page.emulate_media(media="print")
    for table in page.locator("table:visible").all():
        assert table.evaluate("node => node.scrollWidth") <= 979
        box = table.evaluate("node => getComputedStyle(node.parentElement).maxHeight")
        assert box == "none"
    assert page.evaluate("document.documentElement.scrollWidth") <= 979


@pytest.mark.parametrize("width", [820, 1280, 1440])
def test_the_page_does_not_scroll_sideways_and_the_head_stays_in_sight(page, width):
    page.set_viewport_size({"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.select_option("#view", "all")
    page.locator("#ranking tbody tr >> nth=-1").scroll_into_view_if_needed()
    head = page.locator("#ranking thead").bounding_box()["y"]
    box = page.locator(".scroll:has(> #ranking)").bounding_box()["y"]
    assert head >= (0 if width >= 1280 else box)  # of the page, or of the box that scrolls
    assert head < 700


# Pairs of level texts of one drawing whose boxes share more than a hair's breadth
OVERLAPS = """() => [...document.querySelectorAll("svg")].flatMap((drawing) => {
  const texts = [...drawing.querySelectorAll("text")]
    .filter((text) => !/rotate/.test(text.getAttribute("transform") ?? ""))
    .map((text) => [text.textContent.trim(), text.getBoundingClientRect()])
    .filter(([text, box]) => text && box.width);
  return texts.flatMap(([one, a], place) => texts.slice(place + 1)
    .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3)
    .map(([other]) => [one, other]));
})"""


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_no_words_of_a_chart_lie_over_each_other(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    assert page.locator("svg:visible text").count() > 20
    assert page.evaluate(OVERLAPS) == []


def test_the_words_of_the_page_are_defined_on_it(page):
    terms = page.locator(".terms dt").all_inner_texts()
    for word in ("SynOp", "Latency", "Cached, streaming", "Gap"):
        assert word in terms
    for head in page.locator("#ranking thead button").all():
        assert head.get_attribute("title").endswith(".")


@pytest.mark.parametrize("width", [820, 1440])
def test_a_long_latency_does_not_run_into_the_psnr(page, width):
    """Layers that wait have latencies of three digits, which the made-up run has not."""
    page.set_viewport_size({"width": width, "height": 900})
    cells = page.locator("#ranking td.t")
    assert cells.count() > 2
    cells.evaluate_all("all => all.forEach((cell) => (cell.textContent = '128 (+384)'))")
    assert cells.evaluate_all("all => all.every((cell) => cell.scrollWidth <= cell.clientWidth)")
