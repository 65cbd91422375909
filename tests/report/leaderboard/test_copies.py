"""Copies of the displayed table in a real browser: their view, and what fits a paper."""

import re
from urllib.parse import urlencode

from spikebench.report.tables.widths import width
from tests.report.on_the_page import VIEW, copied, rows


def fnv1a(text: str) -> str:
    """The 32-bit hash of Fowler, Noll and Vo, from its definition."""
    found = 2166136261
    for byte in text.encode():
        found = (found ^ byte) * 16777619 % 2**32
    return f"{found:08x}"


def test_a_view_has_an_id_by_which_its_link_opens_it_again(page, results, address, browser):
    choices = {"task": "", "set": "photos", "net": "denoiser", "view": "best", "x": "50", "t": "1"}
    choices |= {"model": page.input_value("#model"), "family": "", "kind": "signed", "find": "st"}
    choices |= {"sort": "-energy", "cols": ""}
    for control in ("x", "kind"):
        page.select_option(f"#{control}", choices[control])
    page.fill("#find", "st")
    for _ in range(2):
        page.locator("[data-key=energy] button").click()
    view = fnv1a(f"{results.table_id}?{urlencode(choices)}")
    assert page.inner_text("#view-id") == f"View {view} of table {results.table_id}."
    link = copied(page, "Link")
    assert link == f"index.html#x=50&kind=signed&find=st&sort=-energy&id={results.table_id}-{view}"
    other = browser.new_page()
    other.goto(address.replace("index.html", link))
    other.wait_for_selector("html[data-ready]")
    assert rows(other) == rows(page) == ["ANN", "Steady", "Input"]
    assert other.inner_text("#view-id") == page.inner_text("#view-id")
    assert other.text_content("#other") == ""
    other.close()


def test_a_link_of_another_table_says_so(page, address, results):
    page.goto(f"{address}#kind=signed&id=0123456789ab-01234567")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    said = page.inner_text("#other")
    assert said.startswith(
        f"This address was made for table 0123456789ab. Here is table {results.table_id}"
    )
    assert rows(page) == ["ANN", "Steady", "Input"]
    page.select_option("#kind", "")
    assert page.text_content("#other") == ""


def test_a_link_without_an_id_gets_its_own(page, results):
    page.locator(".findings a").nth(1).click()
    view = VIEW.search(page.inner_text("#view-id"))[1]
    assert page.url.endswith(f"&id={results.table_id}-{view}")


def test_latex_names_its_view_in_caption_and_label(page, results):
    def labelled() -> tuple[str, str]:
        text = copied(page, "LaTeX")
        return re.search(r"\\label{(.*)}", text)[1], re.search(r"\\caption{(.*)}", text)[1]

    first, _ = labelled()
    page.select_option("#kind", "signed")
    page.fill("#find", "st_ea & 5%")
    page.fill("#find", "ste")
    page.select_option("#family", "training-free")
    second, caption = labelled()
    view = VIEW.search(page.inner_text("#view-id"))[1]
    assert second == f"tab:{results.table_id}-{view}" != first
    assert "Rows of family training-free, with signed spikes, named ste, and references." in caption
    assert "Energy: " in caption and f"Table {results.table_id}, view {view}." in caption
    assert r"Photos $\cdot$ Denoiser: 6 images, " in caption


def test_what_a_reader_typed_is_text_in_every_copy(page):
    page.fill("#find", "50 % of a_b & --\\x")
    assert r"named 50 \% of a\_b \& --\textbackslash{}x" in copied(page, "LaTeX")
    comments = [line for line in copied(page, "Markdown").splitlines() if line.startswith("<!--")]
    assert any("a_b & - -" in line for line in comments)
    assert not any("--" in line[4:-3] for line in comments)


def column_points(text: str) -> float:
    """Add up the widest entry of each column of a copied table, and what stands between them."""
    body = text.split(r"\toprule")[1].split(r"\bottomrule")[0]
    lines = [line.removesuffix(r" \\").split(" & ") for line in body.splitlines() if " & " in line]
    letters = re.findall(r"[lr]|p{(\d+)pt}", text.split(r"\begin{tabular}{")[1].split("\n")[0])
    plain = [[re.sub(r"\\\w+{|[{}$\\]", "", entry.strip()) for entry in line] for line in lines]
    widest = [max(map(width, entries)) for entries in zip(*plain, strict=True)]
    fixed = [
        float(points) if points else wide for points, wide in zip(letters, widest, strict=True)
    ]
    return sum(fixed) + 4 * len(fixed)


def test_latex_fits_one_column_of_a_paper(page):
    text = copied(page, "LaTeX")
    assert r"\begin{table}" in text and column_points(text) < 229.5
    assert "% left out, to fit: " in text
    for box in page.locator("#columns input").all():
        box.evaluate("node => { node.checked || node.click(); }")
    text = copied(page, "LaTeX")
    heads = page.locator("#ranking thead th:visible").count()
    assert r"\begin{table*}" in text  # what was asked for stands, over both columns
    assert text.split(r"\toprule")[1].splitlines()[1].count(" & ") == heads - 1
