"""A page a method: what it does, how it is set, its numbers and where it was refused."""

import pytest

from spikebench.report import links
from tests.report.pages.conftest import HOSTILE


@pytest.fixture
def page(opened):
    return opened(links.method_page("greedy_plain"))


def test_it_says_what_the_method_does_and_cites_it(page):
    assert page.inner_text("h1") == "Greedy, no extra"
    assert page.inner_text(".prose > p >> nth=0") == "Does <b>something</b> & more."
    assert page.inner_text(".prose > p >> nth=1") == "Deviations: theta is 1."
    cited = page.inner_text(".cited")
    assert cited == "Jane Doe and Karl Müller. On SNNs & More. A Journal, 2020."


def test_options_stand_with_their_values(page):
    row = page.locator("[aria-label='Table of options'] tbody tr").first
    assert row.inner_text().split("\t") == ["mprn", "false", "the configuration"]


def test_every_board_has_curves_and_all_t(page):
    assert page.locator("svg.curve").count() == 4
    table = page.locator("table", has_text="95 % intervals").first
    assert table.locator("tbody tr td:first-child").all_inner_texts() == ["1", "2", "4", "8"]
    assert "28.50" in table.locator("tbody tr").last.inner_text()


def test_every_image_has_its_numbers(page):
    page.locator("summary", has_text="Every image").first.click()
    rows = page.locator("details[open] tbody tr")
    assert rows.count() == 6
    # The ANN has 29.10 dB on photo1, the row 6 dB / T less.
    assert rows.filter(has_text="photo1").inner_text().split("\t") == [
        *("photo1", "20.00", "29.10", "23.10", "26.10", "27.60", "28.35")
    ]
    assert HOSTILE in page.locator("details[open] tbody th").all_inner_texts()


def test_a_refusal_gives_its_reason(opened):
    page = opened(links.method_page("greedy"))
    assert page.inner_text("dd") == "It has <two> outputs."
    assert page.inner_text("dt") == "Upscaler"


def test_links_lead_to_the_rows_and_the_pictures(page):
    link = page.locator("a", has_text="In the table").first.get_attribute("href")
    assert link == "../index.html#set=photos&net=denoiser&view=all&find=greedy_plain"
    page.locator("a", has_text="Pictures").last.click()
    page.locator(".onward a", has_text="Pictures").first.wait_for(state="detached")
    assert page.input_value("#method") == "greedy_plain"


def test_a_row_without_steps_has_no_curves(opened):
    page = opened(links.method_page("ann"))
    assert page.locator("svg.curve").count() == 0
    assert page.inner_text("td.n >> nth=0") == "\N{EN DASH}"


def test_names_are_text(opened):
    page = opened(links.method_page("steady"))
    assert page.inner_text("h1") == HOSTILE
    assert HOSTILE in page.title()


def test_bibtex_is_copied_or_selected(opened):
    page = opened(links.method_page("greedy"))
    page.locator("summary", has_text="BibTeX").click()
    page.get_by_role("button", name="Copy").click()
    page.locator("button", has_text="Copied").or_(
        page.locator("button", has_text="Selected")
    ).wait_for()


def test_the_list_describes_a_file_once(opened):
    page = opened(links.METHODS)
    entries = page.locator("dd").all_inner_texts()
    assert [text.startswith("Does <b>") for text in entries] == [True, True, True, True, False]
    assert entries[-1] == "With mprn: false, cpm: false"
