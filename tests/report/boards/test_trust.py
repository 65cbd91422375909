"""Known numbers and hashes."""

from dataclasses import replace

import pandas as pd
import pytest

from spikebench.report.backbones import build_backbones
from spikebench.report.boards.of_results import boards
from spikebench.report.boards.trust import Known, checks, from_table, hashes, known_numbers
from spikebench.report.results import Results
from spikebench.results.columns.verification import TRUST
from spikebench.results.shards import write_shard
from tests.report.made_up import trust_row


def test_known_numbers_stand_beside_the_ann_row(results, shown):
    entries = {entry.backbone: entry for entry in known_numbers(results, shown)}
    assert entries["Denoiser"].difference == pytest.approx(0.15)
    assert entries["Upscaler"].difference == pytest.approx(8.15)


def test_another_protocol_is_not_compared(results, shown):
    nets = {
        name: about | {"published": [about["published"][0] | {"protocol": "y_uint8"}]}
        for name, about in results.run["backbones"].items()
    }
    other = replace(results, run=results.run | {"backbones": nets})
    assert all(entry.here is None for entry in known_numbers(other, shown))


def test_a_part_of_a_set_is_not_compared(results):
    named = {
        name: getattr(results, name).assign(dataset="photos[2]")
        for name in ("leaderboard", "prices", "images")
    }
    part = replace(results, **named)
    found = boards(part)
    assert [board.dataset for board in found] == ["photos[2]", "photos[2]"]
    assert all(entry.difference is None for entry in known_numbers(part, found))


@pytest.fixture
def trust(tmp_path):
    rows = [
        trust_row("denoiser"),
        trust_row("stranger", psnr=29.0),
        trust_row("unknown", psnr=None, ssim=None, psnr_input=None, note="data not fetched: <x>"),
    ]
    write_shard(tmp_path / "trust.parquet", rows, TRUST)
    return tmp_path / "trust.parquet"


def test_a_verified_number_goes_before_the_ann_row(folder, trust):
    results = Results.read(folder, trust)
    (entry,) = known_numbers(results, boards(results))
    assert (entry.here, entry.floor, entry.stated_ssim) == (30.02, 20.0, None)


def test_published_numbers_are_counted_apart_from_those_of_our_own_training(trust):
    known = from_table(pd.read_parquet(trust))
    own = [replace(entry, published=False) for entry in known]
    (published,) = checks(known)
    assert (published.title, published.known) == ("Published numbers", known)
    assert published.said == (
        "2 of 3 published numbers were measured; 1 of them came out within 0.03 dB."
    )
    (regression,) = checks(own)
    assert (regression.title, regression.known) == ("Regression check", own)
    assert regression.said.startswith("2 of 3 numbers of our own were measured; 1 of them")
    assert "nothing has changed" in regression.said
    assert [check.known for check in checks([*own, *known])] == [known, own]
    unmeasured = [entry for entry in known if entry.here is None]
    assert checks(unmeasured)[0].said == ("None of 1 published numbers was measured in this run.")
    exact = Known("a", "b", "c", 30.0, 30.03, "d")
    assert "1 of them came out" in checks([exact])[0].said
    assert checks([]) == []


def test_who_stated_a_number_is_read_from_the_trust_table(folder, tmp_path):
    rows = [trust_row("denoiser"), trust_row("denoiser", kind="measured", stated_psnr=30.02)]
    write_shard(tmp_path / "trust.parquet", rows, TRUST)
    results = Results.read(folder, tmp_path / "trust.parquet")
    known = known_numbers(results, boards(results))
    assert [entry.origin for entry in known] == ["others", "this project"]


def test_without_a_trust_table_it_is_where_the_description_has_the_number(results, shown):
    score = results.run["backbones"]["denoiser"]["published"]
    nets = results.run["backbones"] | {
        "denoiser": results.run["backbones"]["denoiser"] | {"published": [], "measured": score}
    }
    known = known_numbers(replace(results, run=results.run | {"backbones": nets}), shown)
    assert {entry.backbone: entry.published for entry in known} == {
        "Denoiser": False,
        "Upscaler": True,
    }


def test_the_page_of_the_backbones_shows_every_row(trust, tmp_path):
    build_backbones(trust, tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text()
    assert all(name in html for name in ("Denoiser", "Stranger", "Unknown"))
    assert "data not fetched: &lt;x&gt;" in html
    assert "\u22121.00" in html and "30.02" in html


def test_every_set_network_and_method_has_its_hash(results):
    names = {(kind, name) for kind, name, _ in hashes(results)}
    assert {("data set", "photos"), ("weights", "denoiser"), ("method", "steady")} <= names
    assert ("evaluator", "spikebench") in names
