"""Pages lie where every file system tells them apart, and links between them are relative."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urljoin

from hypothesis import given
from hypothesis import strategies as st

from spikebench.report import links


def test_a_label_names_its_page():
    assert links.method_page("qcfs_t4") == "methods/qcfs_t4.html"
    assert links.backbone_page("dncnn_s25") == "backbones/dncnn_s25.html"


@given(st.text(min_size=1))
def test_any_name_becomes_a_file_name(name):
    assert re.fullmatch("[a-z0-9_-]{1,100}", links.file_name(name))
    assert links.file_name(name) != "index"


@given(st.sampled_from(["a", "A", "a/b", "a b", "a-b", "index", "../a", "é", ""]))
def test_names_that_look_alike_keep_apart(name):
    names = {"a", "A", "a/b", "a b", "a-b", "index", "../a", "é", ""}
    assert links.file_name(name).lower() not in {
        links.file_name(other).lower() for other in names - {name}
    }


PAGES = [links.INDEX, links.IMAGES, links.METHODS, links.method_page("burst")]


@given(st.sampled_from(PAGES), st.sampled_from(PAGES))
def test_a_relative_link_leads_where_a_browser_would_go(address, page):
    base = "https://example.org/reports/run/"
    assert urljoin(base + page, links.relative(address, page)) == base + address


def test_a_view_keeps_its_state_on_the_way():
    address = links.view(links.INDEX, set="set12.dncnn", find='a&b "c"%')
    link = links.relative(address, links.method_page("burst"))
    path, state = link.split("#")
    assert path == "../index.html"
    assert parse_qs(state) == {"set": ["set12.dncnn"], "find": ['a&b "c"%']}


def test_the_documents_that_the_first_page_names_are_there():
    for file, title in links.DOCUMENTS:
        assert (Path("docs") / file).is_file() and title
    site = Path("reports/published")
    assert (site / links.DOCS / "energy.md").resolve().is_file()
    assert (site / links.RESULTS / "published" / "images.parquet").resolve().is_file()
