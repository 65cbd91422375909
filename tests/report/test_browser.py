"""The first page in a real browser, offline, from a file: it shows, sorts, filters, copies."""

import csv
import io
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from spikebench.report import build
from tests.report.on_the_page import VIEW, column, copied, heading, opened, rows

RANKED = ["ANN", "Greedy", "Greedy, no extra", "Steady", "Input"]


def test_one_board_shows_under_the_default_rule(page):
    assert rows(page) == RANKED
    assert column(page, "rank") == ["", "1", "2", "3", ""]
    assert "Denoiser" in heading(page)
    assert page.inner_text("#state") == "3 rows"


def test_the_script_writes_the_rows_that_the_page_came_with(browser, page, address):
    """All cells of the default view, by Python and by the script."""
    context = browser.new_context(java_script_enabled=False)
    still = context.new_page()
    still.goto(address)
    cells = "#ranking :is(caption, tbody th, tbody td)"
    written, came = (shown.locator(cells).all_text_contents() for shown in (page, still))
    assert [" ".join(cell.split()) for cell in written] == [" ".join(cell.split()) for cell in came]
    assert still.locator(".script-only:visible").count() == 0
    assert still.locator("svg:visible").count() == 6
    context.close()


def test_a_click_sorts_and_a_second_one_turns_it_round(page):
    button = page.locator("[data-key=energy] button")
    button.click()
    assert rows(page) == ["Input", "Steady", "Greedy, no extra", "Greedy", "ANN"]
    sorted_by = page.locator("#ranking th[aria-sort]")
    assert sorted_by.get_attribute("data-key") == "energy"
    assert sorted_by.get_attribute("aria-sort") == "ascending"
    button.click()
    assert rows(page) == ["ANN", "Greedy", "Greedy, no extra", "Steady", "Input"]
    assert sorted_by.get_attribute("aria-sort") == "descending"


@pytest.mark.parametrize("key", ["rank", "method", "kind", "t", "psnr", "gap", "ssim", "spikes"])
def test_every_column_sorts_by_keyboard_both_ways(page, key):
    page.locator(f"[data-key={key}] button").focus()
    orders = []
    for _ in range(2):
        page.keyboard.press("Enter")
        orders.append(page.locator(f"[data-key={key}]").get_attribute("aria-sort"))
    assert set(orders) == {"ascending", "descending"}


def test_each_method_is_shown_at_its_best_t_within_the_budget(page):
    assert column(page, "t") == ["", "8 (+1)", "8", "8", ""]
    page.select_option("#x", "50")
    assert column(page, "t") == ["", "4 (+1)", "8", "4", ""]
    assert rows(page)[1] == "Greedy"
    page.select_option("#x", "1")
    assert rows(page) == ["ANN", "Input"]
    assert page.inner_text("#state") == "No row fits these choices."
    page.select_option("#x", "")
    assert column(page, "t")[1] == "8 (+1)"
    assert "any energy" in page.inner_text("caption#caption")


def test_one_t_for_all_and_every_t(page):
    page.select_option("#view", "fixed")
    page.select_option("#t", "2")
    assert rows(page) == RANKED
    assert column(page, "t") == ["", "2 (+1)", "2", "2", ""]
    page.select_option("#view", "all")
    assert len(rows(page)) == 2 + 3 * 4


def test_filters_keep_the_references(page):
    page.select_option("#kind", "signed")
    assert rows(page) == ["ANN", "Steady", "Input"]
    assert column(page, "rank") == ["", "3", ""]  # as among all
    page.select_option("#kind", "")
    page.fill("#find", "GREEDY")
    assert rows(page) == ["ANN", "Greedy", "Greedy, no extra", "Input"]
    page.fill("#find", "nothing like it")
    assert "No row" in page.inner_text("#state")
    page.click("#reset")
    page.select_option("#family", "training-free")
    assert rows(page) == RANKED


def test_task_set_and_network_choose_boards(page):
    page.select_option("#task", "super_resolution")
    assert "Upscaler" in heading(page)
    assert page.input_value("#net") == ""  # the denoiser has no board of this task
    page.select_option("#task", "")
    page.select_option("#net", "")
    groups = page.locator("#ranking tr.group").all_text_contents()
    assert len(groups) == 2 and "Denoiser" in groups[0] and "Upscaler" in groups[1]
    assert page.inner_text("#state") == "6 rows on 2 boards"
    page.select_option("#net", "upscaler")
    page.select_option("#set", "")
    assert "Upscaler" in heading(page)


def test_another_energy_model_prices_and_picks_anew(page):
    before = column(page, "energy")
    page.select_option("#model", "lemaire_int32")
    assert column(page, "energy") != before
    assert "Lemaire" in page.inner_text("#caption")


def test_the_page_of_pairs_opens_on_the_board_and_under_the_model_chosen_here(page):
    link = page.get_by_role("link", name="Compare", exact=True)
    first = "45nm_fp32_cached"
    assert link.get_attribute("href") == f"compare.html#set=photos.denoiser&model={first}"
    page.select_option("#model", "lemaire_int32")
    page.select_option("#net", "upscaler")
    assert link.get_attribute("href") == "compare.html#set=photos.upscaler&model=lemaire_int32"


def test_a_method_that_refuses_a_network_has_an_empty_row_and_a_note(page):
    page.select_option("#net", "upscaler")
    assert rows(page)[-1] == "Greedy †"
    cells = page.locator("#ranking tr.refused td").all_text_contents()
    assert set(cells) == {""}
    assert "It has <two> outputs." in page.inner_text("#footnotes")


def test_columns_can_be_chosen(page, address):
    page.click("#columns summary")
    page.check("#columns [value=cheaper]")
    page.uncheck("#columns [value=ssim]")
    heads = page.locator("#ranking thead th:visible").all_inner_texts()
    assert "Cheaper than" in heads and not any("SSIM" in head for head in heads)
    assert column(page, "cheaper")[:2] == ["", "ANN"]
    again = page.url
    page.goto(address)
    page.goto(again)
    assert "Cheaper than" in page.locator("#ranking thead th:visible").all_inner_texts()


def test_the_address_holds_the_state_and_back_works(page, address):
    page.select_option("#net", "upscaler")
    page.select_option("#view", "fixed")
    page.select_option("#t", "2")
    choices, view = page.url.split("&id=")
    assert choices == f"{address}#net=upscaler&view=fixed&t=2"
    assert view == VIEW.search(page.inner_text("#view-id")).expand(r"\2-\1")
    page.go_back()
    page.go_back()
    assert page.input_value("#view") == "best"
    assert "Upscaler" in heading(page)
    page.go_back()
    assert "Denoiser" in heading(page)


def test_a_link_opens_its_view(page, address):
    page.goto(f"{address}#net=upscaler&view=all&sort=-energy&kind=binary")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert "Upscaler" in heading(page)
    assert rows(page)[:2] == ["ANN", "Greedy"]
    assert len(rows(page)) == 2 + 2 * 4 + 1
    page.goto(f"{address}#net=nonsense&view=nonsense&t=7")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert rows(page) == RANKED


def test_a_finding_leads_to_its_rows(page):
    page.locator(".findings a").nth(1).click()
    assert page.input_value("#x") == "50"
    assert column(page, "t")[1] == "4 (+1)"


def test_the_last_finding_leads_to_the_worst_rows_of_all_boards(page):
    page.locator(".findings a").nth(2).click()
    assert page.locator("#ranking tr.group").count() == 2
    assert page.input_value("#view") == "all"
    assert page.locator("#ranking th[aria-sort]").get_attribute("data-key") == "gap"
    gaps = column(page, "gap")[:-1]
    assert gaps[0].startswith("\N{MINUS SIGN}9.25")  # of the input


def test_a_link_to_a_view_opens_at_the_table(page, address):
    assert page.evaluate("scrollY") == 0
    page.locator(".findings a").first.click()
    top = "document.getElementById('leaderboard').getBoundingClientRect().top"
    assert abs(page.evaluate(top)) < 50
    page.goto("about:blank")
    page.goto(f"{address}#net=upscaler&view=all")
    page.wait_for_selector("html[data-ready]")
    assert abs(page.evaluate(top)) < 50


def test_findings_and_the_matrix_follow_the_energy_model(page):
    places = page.locator("[data-view]")
    before = places.all_inner_texts()
    page.select_option("#model", "lemaire_int32")
    after = places.all_inner_texts()
    assert all(was != now for was, now in zip(before, after, strict=True))
    assert "Lemaire int32, SRAM by size" in after[0]
    assert all("model=lemaire_int32" in link for link in hrefs(page)[:2])
    page.go_back()
    assert places.all_inner_texts() == before


def hrefs(page: Page) -> list[str]:
    return page.locator(".findings a").evaluate_all("links => links.map((a) => a.hash)")


def test_comparisons_follow_the_selection_and_say_where_no_tests_were_made(page, results):
    def shown() -> str:
        return page.inner_text(".compared caption")

    assert "at most the ANN's energy" in shown()
    page.select_option("#x", "50")
    assert "at most half the ANN's energy" in shown() and page.locator("#untested").is_hidden()
    table = results.comparisons
    mine = table[(table["rule"] == "e50") & (table["against"] == "ann")]
    steady = mine[(mine["method"] == "steady") & (mine["backbone"] == "denoiser")].iloc[0]
    line = page.locator(".compared tbody tr", has_text="Steady").inner_text().split("\t")
    assert int(line[1]) == steady["timesteps"]
    assert line[2].startswith(f"{steady['difference_db']:+.2f}".replace("-", "\N{MINUS SIGN}"))
    page.select_option("#x", "20")
    assert "No tests were made under" in page.inner_text("#untested")
    assert "at most the ANN's energy" in shown()
    page.select_option("#view", "fixed")
    page.select_option("#t", "2")
    assert "T = 2" in shown() and page.locator("#untested").is_hidden()


def test_a_search_is_for_all_of_its_words(page):
    page.fill("#find", "extra greedy")
    assert rows(page) == ["ANN", "Greedy, no extra", "Input"]
    page.fill("#find", "greedy  free")  # a word of the family
    assert rows(page) == ["ANN", "Greedy", "Greedy, no extra", "Input"]


def test_charts_and_comparisons_follow_the_board(page):
    places = ("charts", "comparisons", "sensitivity", "ablation")
    assert all("Denoiser" in page.inner_text(f"[data-part={place}]") for place in places)
    page.select_option("#net", "upscaler")
    expect(page.locator("[data-part=charts]")).to_contain_text("Up")
    assert all("Upscaler" in page.inner_text(f"[data-part={place}]") for place in places)
    page.go_back()
    assert all("Denoiser" in page.inner_text(f"[data-part={place}]") for place in places)
    table = page.locator(".compared")
    assert table.locator("tbody th").all_inner_texts() == ["Greedy", "Greedy, no extra", "Steady"]


@pytest.mark.parametrize("table", [".ranking", ".compared"])
def test_the_tables_of_methods_fit_the_page(page, table):
    table = page.locator(f"{table}:visible")
    assert table.evaluate("node => node.scrollWidth <= node.parentElement.clientWidth")


def test_csv_is_what_is_shown(page, results):
    page.select_option("#kind", "signed")
    lines = list(csv.DictReader(io.StringIO(copied(page, "CSV"))))
    assert [line["Method"] for line in lines] == ["ANN", "Steady", "Input"]
    steady = lines[1]
    assert steady["table"] == results.table_id
    assert steady["view"] == VIEW.search(page.inner_text("#view-id"))[1]
    assert (steady["data set"], steady["backbone"]) == ("Photos", "Denoiser")
    assert (steady["Rank"], steady["T"], steady["PSNR (dB)"]) == ("3", "8", "28.25")
    assert (steady["Gap to ANN (dB)"], steady["Energy (ANN = 1)"]) == ("-1.00", "0.31")


def test_markdown_is_what_is_shown(page):
    page.locator("[data-key=energy] button").click()
    text = copied(page, "Markdown")
    table = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    assert [line[2] for line in table[2:]] == rows(page)
    assert "**29.00**" in next(line[5] for line in table if line[2] == "Greedy")
    assert "<u>28.50</u>" in next(line[5] for line in table if line[2] == "Greedy, no extra")


def test_latex_is_what_is_shown(page, results):
    text = copied(page, "LaTeX")
    assert text.startswith(f"% SpikingIR Bench, table {results.table_id}\n")
    assert text.count(r"\toprule") == text.count(r"\bottomrule") == 1
    body = [line for line in text.splitlines() if line.endswith(r"\\") and " & " in line]
    columns = text.split(r"\begin{tabular}{")[1].split("\n")[0]
    letters = re.sub(r"p{\d+pt}", "p", columns.removesuffix("}"))
    assert all(line.count(" & ") == len(letters) - 1 for line in body)
    assert r"\textbf{29.00}" in text and r"\underline{28.50}" in text
    assert "binary" in text and text.isascii()


def test_bibtex_names_the_run_and_the_works_of_the_rows(page, results):
    text = copied(page, "BibTeX")
    assert text.startswith(f"@misc{{spikingirbench_{results.table_id},")
    assert text.count("@article{doe2020,") == 1
    page.select_option("#kind", "signed")
    view = VIEW.search(page.inner_text("#view-id"))[1]
    another = copied(page, "BibTeX")
    assert another.startswith(f"@misc{{spikingirbench_{results.table_id}_{view},")
    assert f"table {results.table_id}, view {view}}}" in another


def test_a_browser_that_does_not_let_copy_shows_the_text(page):
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(Error('no')); }")
    page.get_by_role("button", name="CSV", exact=True).click()
    box = page.locator("#copy-text")
    box.wait_for(state="visible")
    assert box.input_value().startswith("table,version")
    assert page.evaluate("getSelection().toString()").startswith("table,version")


def test_the_divide_moves_by_keyboard_and_the_pictures_change(page):
    stage = page.locator(".stage")
    stage.locator("input").focus()
    page.keyboard.press("ArrowRight")
    assert stage.evaluate("node => node.style.getPropertyValue('--cut')") == "51%"
    before = stage.locator(".left").get_attribute("src")
    page.locator(".compare [data-side=left]").select_option("steady")
    assert stage.locator(".left").get_attribute("src") != before
    assert stage.locator(".left").get_attribute("alt").startswith("Steady, T = 8")


NASTY = '=<script>alert("x")</script> | 50 % of a_b & c #1'


@pytest.fixture(scope="module")
def nasty_site(folder, tmp_path_factory) -> Path:
    """A site whose first method has a name of markup, a missing PSNR and an endless one."""
    place = tmp_path_factory.mktemp("nasty")
    copy = shutil.copytree(folder, place / "results")
    methods = pd.read_parquet(copy / "methods.parquet")
    methods.loc[methods["method"] == "steady", "name"] = NASTY
    methods.to_parquet(copy / "methods.parquet")
    table = pd.read_parquet(copy / "leaderboard.parquet")
    changed = [*("psnr", "gap_db", "psnr_low", "psnr_high", "gap_low", "gap_high")]
    table.loc[(table["method"] == "greedy") & (table["timesteps"] == 8), changed] = np.inf
    table.loc[table["method"] == "greedy_plain", [*changed, "ssim"]] = np.nan
    table.to_parquet(copy / "leaderboard.parquet")
    build(copy, page=place / "index.html")
    return place


def test_markup_is_text_and_what_is_missing_is_said(browser, nasty_site):
    for page in opened(browser, (nasty_site / "index.html").as_uri()):
        assert rows(page) == ["Greedy", "ANN", NASTY, "Input", "Greedy, no extra"]
        assert column(page, "psnr") == [
            "∞",
            "29.25 [29.12, 29.38]",
            "28.25 [28.12, 28.38]",
            "20.00",
            "–",  # noqa: RUF001 a dash
        ]
        cells = copied(page, "CSV").splitlines()[3]
        assert '"\'=<script>alert(""x"")</script> | 50 % of a_b & c #1"' in cells
        assert copied(page, "CSV").splitlines()[1].count(",inf,") == 2  # PSNR and gap
        escaped = r"=\textless{}script\textgreater{}alert(\dq{}x\dq{})\textless{}/script"
        text = copied(page, "LaTeX")
        assert r"50 \% of a\_b \& c \#1" in text and r"$\infty$" in text
        assert escaped.split(r"\dq")[0] in text
        assert r"=\<script\>alert(\"x\")".replace(r"\"", '"') in copied(page, "Markdown")
        assert r"\| 50 % of a\_b \& c \#1" in copied(page, "Markdown")


def test_the_page_names_no_other_address(site):
    html = Path(site / "index.html").read_text(encoding="utf-8")
    for attribute in ('src="http', 'href="http', "@import", "url(http"):
        assert attribute not in html
