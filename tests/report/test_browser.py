"""The page in a real browser, offline, from a file: it shows, sorts, filters and goes back."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def browser():
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"needs one of {', '.join(BROWSERS)}")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def address(site) -> str:
    return (site / "index.html").as_uri()


@pytest.fixture
def page(browser: Browser, address: str):
    """The page at desk size; whatever it logs or asks of the network fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    opened, complaints = context.new_page(), []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: complaints.append(request.url))
    opened.goto(address)
    yield opened
    allowed = (address, "data:")  # the page itself, and the pictures in it
    assert [text for text in complaints if not text.startswith(allowed)] == []
    context.close()


def rows(page: Page) -> list[str]:
    """Return the methods of the visible rows, from top to bottom."""
    return page.locator(".board:visible .ranking tbody tr:visible th").all_inner_texts()


RANKED = ["ANN", "Greedy", "Greedy, no extra", "Steady", "Input"]


def test_one_board_shows_under_the_default_rule(page):
    assert page.locator(".ranking:visible").count() == 1
    assert rows(page) == RANKED
    ranks = page.locator(".board:visible tbody tr:visible .rank").all_inner_texts()
    assert ranks == ["", "1", "2", "3", ""]


def test_a_click_sorts_and_a_second_one_turns_it_round(page):
    column = page.locator(".board:visible [data-sort=energy]")
    column.click()
    assert rows(page) == ["Input", "Steady", "Greedy, no extra", "Greedy", "ANN"]
    assert page.locator(".board:visible th[aria-sort]").get_attribute("aria-sort") == "ascending"
    column.click()
    assert rows(page) == ["ANN", "Greedy", "Greedy, no extra", "Steady", "Input"]
    assert page.locator(".board:visible th[aria-sort]").get_attribute("aria-sort") == "descending"


def test_a_rule_picks_other_timesteps(page):
    page.select_option("#rule", "t1")
    assert rows(page) == RANKED
    steps = page.locator(".board:visible tbody tr:visible .timesteps").all_inner_texts()
    assert steps == ["", "1 (+1)", "1", "1", ""]


def test_filters_keep_the_references(page):
    page.select_option("#kind", "signed")
    assert rows(page) == ["ANN", "Steady", "Input"]
    page.select_option("#kind", "")
    page.fill("#find", "GREEDY")
    assert rows(page) == ["ANN", "Greedy", "Greedy, no extra", "Input"]
    page.fill("#find", "nothing like it")
    assert "No row" in page.inner_text("#state")


def test_the_address_holds_the_state_and_back_works(page, address):
    page.select_option("#set", "photos.upscaler")
    page.select_option("#rule", "t2")
    assert page.url == f"{address}#set=photos.upscaler&rule=t2"
    page.go_back()
    assert page.input_value("#rule") == "e100"
    assert "Upscaler" in page.inner_text(".board:visible caption")
    page.go_back()
    assert "Denoiser" in page.inner_text(".board:visible caption")


def test_a_link_opens_its_view(page, address):
    page.goto(f"{address}#set=photos.upscaler&rule=all&sort=-energy")
    page.reload()
    assert "Upscaler" in page.inner_text(".board:visible caption")
    assert len(rows(page)) == 2 + 3 * 4
    assert rows(page)[:2] == ["ANN", "Greedy"]


def test_the_comparisons_belong_to_the_chosen_board(page):
    table = page.locator(".compared:visible")
    assert table.count() == 1
    assert table.locator("tbody th").all_inner_texts() == ["Greedy", "Greedy, no extra", "Steady"]
    assert "Denoiser" in table.locator("caption").inner_text()
    page.select_option("#set", "photos.upscaler")
    assert "Upscaler" in page.locator(".compared:visible caption").inner_text()
    assert page.locator(".standing:visible").count() == 1  # of all boards


@pytest.mark.parametrize("table", [".ranking", ".compared"])
def test_the_tables_of_methods_fit_the_page(page, table):
    table = page.locator(f"{table}:visible")
    assert table.evaluate("node => node.scrollWidth <= node.parentElement.clientWidth")


def test_a_finding_leads_to_its_rows(page):
    page.locator(".findings a").first.click()
    assert page.input_value("#rule") == "e50"


def test_the_ablation_follows_the_chosen_set(page):
    table = page.locator(".ablation:visible")
    assert table.count() == 1
    assert table.locator("tbody th").all_inner_texts() == ["CPM", "MPRN and CPM"]
    assert table.locator("tbody tr").first.locator(".gap").all_inner_texts() == [
        "\N{MINUS SIGN}3.00",
        "\N{MINUS SIGN}1.50",
        "\N{MINUS SIGN}0.75",
    ]
    page.select_option("#set", "photos.upscaler")
    assert "Upscaler" in page.locator(".parts:visible figcaption").inner_text()


def test_the_divide_moves_and_the_pictures_change(page):
    stage = page.locator(".stage:visible")
    stage.locator("input").fill("80")
    assert stage.evaluate("node => node.style.getPropertyValue('--cut')") == "80%"
    before = stage.locator(".left").get_attribute("src")
    page.locator(".compare:visible [data-side=left]").select_option("steady")
    assert stage.locator(".left").get_attribute("src") != before
    assert stage.locator(".left").get_attribute("alt").startswith("Steady, T = 8")


def test_a_phone_needs_no_sideways_scrolling(page):
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".narrow:visible svg").count() == 5
    assert page.locator(".wide:visible").count() == 0
    for table in (".ranking:visible", ".compared:visible", ".standing:visible"):
        assert page.locator(table).bounding_box()["width"] <= 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_paper_contrast(page, scheme):
    """At least 4.5 : 1 (WCAG 2.2, 1.4.3) for all four text colours."""
    page.emulate_media(color_scheme=scheme)
    paper = luminance(page, "body", "backgroundColor")
    for selector in ("body", ".facts", "a", "caption"):
        text = luminance(page, selector, "color")
        lighter, darker = max(text, paper), min(text, paper)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def luminance(page: Page, selector: str, style: str) -> float:
    """Return the relative luminance of a computed sRGB colour, as WCAG defines it."""
    text = page.locator(selector).first.evaluate(f"node => getComputedStyle(node).{style}")
    channels = [int(part) / 255 for part in text.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(c * weight for c, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def test_without_scripts_every_board_shows(browser, address):
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(address)
    assert opened.locator(".ranking:visible").count() == 2
    assert opened.locator(".script-only:visible").count() == 0
    context.close()


def test_the_page_names_no_other_address(site):
    html = Path(site / "index.html").read_text(encoding="utf-8")
    for attribute in ('src="http', 'href="http', "@import", "url(http"):
        assert attribute not in html


def test_descriptions_are_escaped(page):
    assert page.locator("text=Does <b>something</b> & more.").count() > 0
