"""The works behind a run."""

from dataclasses import replace

import pytest

from spikebench.errors import BenchError
from spikebench.io.bibliography import FILE, read_bibliography
from spikebench.report.tables.references import bibliography, cited


def keys(text: str, folder) -> set[str]:
    (folder / "found.bib").write_text(text, encoding="utf-8")
    return {entry.key for entry in read_bibliography(folder / "found.bib")}


def test_prices_and_metrics_bring_their_works(results, tmp_path):
    found = keys(bibliography(results), tmp_path)
    prices = {"horowitz2014", "lemaire2022", "yan2024reconsidering"}
    assert found == {"wang2004ssim", "doe2020"} | prices


def test_a_work_of_the_user_s_own_stands_in_the_run(results):
    own = next(text for text in results.methods["bibtex"] if text)
    assert own in bibliography(results)
    assert "doe2020" not in FILE.read_text(encoding="utf-8")


def test_methods_sets_and_networks_bring_theirs(results, tmp_path):
    methods = results.methods.assign(citation="diehl2015fast", bibtex="")
    sets = {"photos": results.run["datasets"]["photos"] | {"citation": "set5"}}
    images = results.images.assign(lpips=0.1)
    cited_run = replace(
        results, methods=methods, images=images, run=results.run | {"datasets": sets}
    )
    expected = {"diehl2015fast", "set5", "wang2004ssim", "zhang2018lpips"}
    assert cited(cited_run) == expected
    assert keys(bibliography(cited_run), tmp_path) > expected


def test_an_entry_is_copied_as_it_is(results):
    entry = next(e for e in read_bibliography() if e.key == "lemaire2022")
    assert entry.text in FILE.read_text(encoding="utf-8")
    assert entry.text in bibliography(results)
    assert entry.text.startswith("@inproceedings{lemaire2022,\n") and entry.text.endswith("\n}")


def test_an_unknown_key_is_named(results):
    run = replace(results, methods=results.methods.assign(citation="nobody2000", bibtex=""))
    with pytest.raises(BenchError, match=r"references\.bib has no entry nobody2000"):
        bibliography(run)
