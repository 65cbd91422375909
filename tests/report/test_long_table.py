"""The table answers at once however long it is: rows are kept, and laid out when they are seen."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

ROWS = "#ranking tbody tr:not(.group)"


@pytest.fixture
def page(browser: Browser, site):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield from _opened(page, site)


def _opened(page: Page, site: Path):
    page.goto((site / "index.html").as_uri())
    page.wait_for_selector("html[data-ready]")
    yield page
    page.close()


def mark(page: Page) -> None:
    page.locator(ROWS).evaluate_all("rows => rows.forEach((row) => { row.dataset.kept = true; })")


def kept(page: Page) -> list[bool]:
    return page.locator(ROWS).evaluate_all("rows => rows.map((row) => 'kept' in row.dataset)")


def test_a_sort_and_a_filter_move_the_rows_and_write_none_again(page):
    mark(page)
    page.locator("[data-key=energy] button").click()
    assert kept(page) == [True] * 5
    page.select_option("#kind", "signed")
    page.select_option("#kind", "")
    assert kept(page) == [True] * 5


def test_a_row_that_reads_otherwise_is_written_again(page):
    mark(page)
    page.select_option("#model", "lemaire_int32")
    written = kept(page)
    assert not all(written) and any(written)  # the ANN costs 1 under every model


def test_columns_are_as_wide_in_every_row_and_in_the_head(page):
    page.locator("#ranking").scroll_into_view_if_needed()
    edges = "rows => rows.map((row) => [...row.cells].filter((cell) => cell.offsetWidth)" + (
        ".map((cell) => Math.round(cell.getBoundingClientRect().right)))"
    )
    lines = page.locator(f"#ranking thead tr, {ROWS}").evaluate_all(edges)
    assert len(lines) == 6 and len(set(map(tuple, lines))) == 1


def test_a_screen_reader_is_told_of_rows_that_are_not_laid_out(browser, chromium_path, site):
    """With the whole accessibility tree built, as it is when a screen reader runs."""
    with_tree = browser.browser_type.launch(
        executable_path=chromium_path, args=["--no-sandbox", "--force-renderer-accessibility"]
    )
    for page in _opened(with_tree.new_page(viewport={"width": 1280, "height": 300}), site):
        page.add_style_tag(content="#ranking tbody { content-visibility: auto !important; }")
        session = page.context.new_cdp_session(page)
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        named = [node["name"]["value"] for node in nodes if node["role"]["value"] == "rowheader"]
        shown = page.locator(f"{ROWS} th").all_text_contents()
        first = named.index(shown[0])
        assert named[first : first + 5] == shown
    with_tree.close()
