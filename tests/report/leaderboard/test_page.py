"""The first page as a text: the same every time, and a page whatever the run holds."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from spikebench.analysis.leaderboard import leaderboard
from spikebench.report.boards.of_results import boards
from spikebench.report.leaderboard.page import render, script


def rendered(results) -> str:
    return render(results, boards(results))


def test_the_same_results_give_the_same_bytes(site, results):
    assert rendered(results) == (site / "index.html").read_text(encoding="utf-8")


def test_an_empty_run_gets_a_page_that_says_so(results):
    nothing = leaderboard(results.images.iloc[:0], results.layers.iloc[:0], pd.DataFrame())
    html = rendered(replace(results, leaderboard=nothing))
    assert "This run has no results" in html and "<table" not in html


def test_an_empty_run_says_who_refused_and_what_failed(results):
    nothing = leaderboard(results.images.iloc[:0], results.layers.iloc[:0], pd.DataFrame())
    run = results.run | {"failures": [FAILURE], "refusals": [REFUSAL]}
    html = rendered(replace(results, leaderboard=nothing, run=run))
    assert "1 cell failed" in html and "&lt;b&gt;NaN&lt;/b&gt;" in html
    assert "no &lt;skips&gt; in it" in html


def test_a_network_without_a_row_is_named_with_the_reasons(results):
    """Its board is not there to show them."""
    run = results.run | {"refusals": [REFUSAL]}
    assert "Networks without a row" not in rendered(replace(results, run=run))
    table = results.leaderboard
    others = table[table["backbone"] != REFUSAL["backbone"]]
    html = rendered(replace(results, leaderboard=others, run=run))
    assert "Networks without a row" in html
    assert "no &lt;skips&gt; in it" in html.split("</section>")[0]


REFUSAL = {"backbone": "denoiser", "method": "greedy", "reason": "no <skips> in it"}
FAILURE = {
    **{"dataset": "photos", "backbone": "denoiser", "method": "burst", "seed": 0},
    **{"stage": "evaluate", "message": "<b>NaN</b>", "log": "logs/x.log", "command": "snakemake x"},
}


def test_cells_that_failed_are_named_with_message_log_and_command(results):
    html = rendered(replace(results, run={**results.run, "failures": [FAILURE]}))
    assert "1 cell failed" in html
    for said in ("photos", "burst", "&lt;b&gt;NaN&lt;/b&gt;", "logs/x.log", "snakemake x"):
        assert said in html
    assert "cell failed" not in rendered(results)


@pytest.mark.parametrize("method", ["steady", "ann"])
def test_one_row_is_a_page(results, method):
    table = results.leaderboard
    one = table[(table["backbone"] == "denoiser") & (table["method"] == method)].tail(1)
    html = rendered(replace(results, leaderboard=one))
    assert html.count('class="name"') >= 1


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_displayed_as_such(results, value):
    changed = ["psnr", "psnr_ann", "psnr_input", "gap_db", "ssim", "lpips"]
    table = results.leaderboard.assign(**dict.fromkeys(changed, value))
    html = rendered(replace(results, leaderboard=table))
    shown = set(re.findall(r'class="psnr n"><span>(.*?)</span>', html))
    assert shown == {"∞" if np.isinf(value) else "–"}  # noqa: RUF001 a dash


def test_the_scripts_are_small_files():
    assert script().startswith("// What the other files share")


def test_the_facts_name_the_t_that_only_some_rows_have(results):
    assert "T = 1, 2, 4, 8<" in rendered(results)
    fewer = replace(results, run=results.run | {"timesteps": [1, 2]})
    assert "T = 1, 2 (some rows 4, 8)<" in rendered(fewer)
