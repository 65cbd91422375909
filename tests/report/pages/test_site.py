"""All pages of a run: links lead to files, axe finds nothing, the same results the same bytes."""

import re
from html import unescape
from pathlib import Path

import pytest

from spikebench.report import links
from spikebench.report.pages import write_pages
from tests.report.pages.conftest import HOSTILE, violations, write

ADDRESSES = [
    links.IMAGES,
    links.EXPLORE,
    links.COMPARE,
    links.METHODS,
    links.method_page("steady"),
    links.BACKBONES,
    links.backbone_page("denoiser"),
]
SCRIPT = re.compile(r"<script>.*?</script>", re.DOTALL)
ANCHOR = re.compile(r'<a [^>]*href="([^"#]*)')


def test_every_method_and_network_has_its_page(pages):
    found = {file.relative_to(pages).as_posix() for file in pages.rglob("*.html")}
    methods = map(links.method_page, ("input", "ann", "steady", "greedy", "greedy_plain"))
    networks = map(links.backbone_page, ("denoiser", "upscaler"))
    assert found == {*ADDRESSES[:4], links.BACKBONES} | {
        *methods,
        *networks,
    }


def test_every_link_inside_leads_to_a_file(pages):
    for file in pages.rglob("*.html"):
        targets = {unescape(found) for found in ANCHOR.findall(file.read_text(encoding="utf-8"))}
        inside = {
            target for target in targets if target and not target.startswith("https://doi.org/")
        }
        lost = [t for t in inside if not (file.parent / t).resolve().is_file()]
        assert {Path(target).name for target in lost} <= {links.INDEX}, file  # not written here


def test_nothing_is_asked_of_another_address(pages):
    for file in pages.rglob("*.html"):
        text = re.sub(
            r"<script>.*?</script>", "", file.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        assert not re.search(r"""(src=(?!["']?data:)|url\(|@import)""", text), file


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_name_becomes_markup(pages, address):
    text = (pages / address).read_text(encoding="utf-8")
    assert HOSTILE not in text
    assert "&lt;script&gt;alert" in text or "\\u003cscript\\u003ealert" in text


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_can_be_read_by_everyone(opened, address):
    page = opened(address)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], (width, scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_same_results_give_the_same_bytes(hostile, pages, tmp_path):
    write(hostile, tmp_path)
    for file in pages.rglob("*.html"):
        assert (tmp_path / file.relative_to(pages)).read_bytes() == file.read_bytes(), file


def test_a_run_without_rows_has_its_pages(results, tmp_path):
    write_pages(results, [], tmp_path)
    assert "This run keeps no pictures." in (tmp_path / links.IMAGES).read_text(encoding="utf-8")
    assert "no two rows" in (tmp_path / links.COMPARE).read_text(encoding="utf-8")
    assert "This run has no rows." in (tmp_path / links.EXPLORE).read_text(encoding="utf-8")
    page = (tmp_path / links.method_page("steady")).read_text(encoding="utf-8")
    assert "This run has no number of it." in page
    assert (tmp_path / links.backbone_page("denoiser")).is_file()
