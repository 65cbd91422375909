"""Remarks of the configuration stand before what a method's file says, on every page of a row."""

from dataclasses import replace

from spikebench.report.boards.of_results import boards
from spikebench.report.boards.remarks import notes, remarks
from spikebench.report.leaderboard.page import render
from spikebench.report.pages.methods import method_pages

REMARK = "Its thresholds are `max`, so that few spikes leave it."


def remarked(results):
    methods = results.methods.copy()
    methods.loc[methods["method"] == "steady", "remark"] = REMARK
    return replace(results, methods=methods)


def test_only_rows_with_a_remark_are_listed(results):
    assert remarks(results.methods) == []
    name = results.methods.set_index("method").loc["steady", "name"]
    assert remarks(remarked(results).methods) == [("steady", name, REMARK)]


def test_a_remark_comes_before_the_summary(results):
    plain, said = notes(results.methods), notes(remarked(results).methods)
    assert said["steady"] == f"{REMARK} {plain['steady']}"
    assert said["greedy"] == plain["greedy"]


def test_the_page_of_the_row_says_it(results):
    pages = dict(method_pages(remarked(results), boards(results)))
    assert '<p id="remark"><b>Its thresholds are <code>max</code>' in pages["methods/steady.html"]
    assert 'id="remark"' not in pages["methods/greedy.html"]


def test_the_first_page_lists_it_below_the_leaderboard(results):
    html = render(remarked(results), boards(results))
    assert 'id="remarks"' in html and "so that few spikes leave it." in html
    assert 'id="remarks"' not in render(results, boards(results))
