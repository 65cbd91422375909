"""A page stands in the site's frame, and its policy names exactly the scripts that are in it."""

import base64
import hashlib
import re

import pytest
from jinja2 import UndefinedError

from spikebench.report.document import document, write

TEMPLATE = """{% extends "base.html.j2" %}
{% block title %}{{ name }}{% endblock %}
{% block main %}<p>{{ name }}</p><a href="{{ link("images.html") }}">x</a>{% endblock %}
"""


@pytest.fixture
def render(tmp_path):
    (tmp_path / "probe.html.j2").write_text(TEMPLATE, encoding="utf-8")

    def call(page="methods/probe.html", **context):
        return document("probe.html.j2", page, folders=[tmp_path], **context)

    return call


def test_the_policy_holds_the_hash_of_every_script_and_no_more(render):
    scripts = ['"use strict"; let x = 1 < 2 && "é";', "let y = 2;"]
    html = render(scripts=scripts, name="a", run={"run": "r"})
    written = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert written == scripts
    hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in written]
    assert re.search(r"script-src ([^;]*);", html)[1].split() == [f"'sha256-{h}'" for h in hashes]


def test_a_page_without_script_allows_none(render):
    assert "script-src 'none'" in render(name="a", run={"run": "r"})


def test_names_are_text(render):
    html = render(name="<script>alert('&')</script>", run={"run": '<b>"'})
    assert "&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;" in html
    assert "<script>" not in html and "<b>" not in html


def test_navigation_is_relative_and_marks_the_page(render):
    html = render(page="methods/index.html", name="a", run={"run": "r"})
    assert '<a href="../index.html">' in html
    assert '<a href="index.html" aria-current="page">' in html
    assert '<a href="../images.html">x</a>' in html


def test_what_is_not_given_is_an_error(render):
    with pytest.raises(UndefinedError):
        render(run={"run": "r"})


def test_a_page_is_written_at_its_address(tmp_path):
    write("<p>é</p>", tmp_path, "methods/a.html")
    assert (tmp_path / "methods" / "a.html").read_text(encoding="utf-8") == "<p>é</p>"
