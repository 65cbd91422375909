"""Paired comparisons, against the leaderboard, hand-made differences and scipy."""

import math

import numpy as np
import pytest
from scipy.stats import ttest_1samp, wilcoxon

from spikebench.analysis.compare.board import boards
from spikebench.analysis.compare.paired import comparisons
from spikebench.analysis.statistics import holm
from tests.analysis.compare.conftest import Run, scored

IMAGES = 8
NOISE = np.random.default_rng(0).normal(0, 0.3, size=(4, IMAGES))


def rows(run: Run, grid=(4,)) -> list[dict]:
    return [
        row
        for board in boards(run.images, run.leaderboard, run.prices)
        for row in comparisons(board, grid)
    ]


def picked(found: list[dict], **keys) -> list[dict]:
    return [row for row in found if all(row[key] == value for key, value in keys.items())]


def close_run(**changes) -> Run:
    """Three methods at T = 4, a little apart."""
    levels = {"a": 29.0, "b": 28.9, "c": 28.2}
    return Run(
        *(
            row
            for (method, level), noise in zip(levels.items(), NOISE, strict=False)
            for row in scored(method, list(level + noise), psnr_ann=30.0, **changes)
        )
    )


def test_against_the_ann_the_numbers_are_those_of_the_leaderboard():
    run = close_run()
    table = run.leaderboard.set_index("method")
    found = picked(rows(run), rule="t4", against="ann")
    assert [row["method"] for row in found] == ["a", "b", "c"]
    for row in found:
        expected = table.loc[row["method"], ["gap_db", "gap_low", "gap_high"]].tolist()
        numbers = [row["difference_db"], row["difference_low"], row["difference_high"]]
        assert numbers == pytest.approx(expected, abs=1e-12)
        assert (row["rival"], row["rival_timesteps"], row["images"]) == ("ann", 0, IMAGES)


@pytest.mark.parametrize("scale", [0.01, 0.1, 1.0])
def test_equality_is_scipys_two_one_sided_tests(scale):
    levels = {"a": 29.0, "b": 28.97}
    run = Run(
        *(
            row
            for (method, level), noise in zip(levels.items(), NOISE * scale, strict=False)
            for row in scored(method, list(level + noise), psnr_ann=30.0)
        )
    )
    (found,) = picked(rows(run), rule="t4", against="best")
    d = (run.images.pivot(index="image", columns="method", values="psnr") @ [1, -1]).to_numpy()
    above = ttest_1samp(d, -0.05, alternative="greater").pvalue
    below = ttest_1samp(d, 0.05, alternative="less").pvalue
    assert found["p_equal"] == pytest.approx(max(above, below))


def test_the_best_row_is_the_rival_of_the_others():
    found = picked(rows(close_run()), rule="t4", against="best")
    best = max(
        "abc", key=lambda m: {"a": 29.0, "b": 28.9, "c": 28.2}[m] + NOISE["abc".index(m)].mean()
    )
    assert {row["rival"] for row in found} == {best}
    assert {row["method"] for row in found} == set("abc") - {best}
    psnr = {
        m: level + NOISE["abc".index(m)] for m, level in {"a": 29.0, "b": 28.9, "c": 28.2}.items()
    }
    for row in found:
        assert row["difference_db"] == pytest.approx((psnr[row["method"]] - psnr[best]).mean())
        assert row["difference_low"] <= row["difference_db"] <= row["difference_high"]
        assert row["p"] == pytest.approx(wilcoxon(psnr[row["method"]] - psnr[best]).pvalue)


def test_holm_counts_the_rows_that_meet_one_rival_under_one_rule():
    found = rows(close_run(), grid=(4, 8))
    assert {row["rule"] for row in found} == {"e100", "e50", "best", "t4", "all"}  # none at T = 8
    for against in ("ann", "best"):
        family = picked(found, rule="t4", against=against)
        expected = holm(np.array([row["p"] for row in family]))
        assert [row["p_holm"] for row in family] == pytest.approx(expected.tolist())
        assert any(row["p_holm"] > row["p"] for row in family)


def test_a_rule_picks_the_timesteps(rise):
    found = rows(rise, grid=(1, 2, 4, 8))
    half = picked(found, rule="e50", against="best")  # T = 4 costs 0.4
    assert [(r["method"], r["timesteps"], r["rival"], r["rival_timesteps"]) for r in half] == [
        ("b", 4, "a", 4)
    ]
    assert half[0]["difference_db"] == pytest.approx(-1.0)
    assert len(picked(found, rule="all", against="ann")) == 8
    assert len(picked(found, rule="all", against="best")) == 7


def test_few_images_have_no_p():
    run = Run(*scored("a", [29.0] * 5), *scored("b", [28.0] * 5))
    for row in rows(run):
        assert (row["images"], row["p"], row["p_holm"]) == (5, None, None)


def test_the_same_output_differs_on_no_image():
    run = Run(*scored("a", [29.0, 28.0] * 3), *scored("b", [29.0, 28.0] * 3))
    (row,) = picked(rows(run), rule="t4", against="best")
    assert (row["difference_db"], row["images_differing"], row["p"]) == (0.0, 0, 1.0)


def test_the_spread_over_seeds_is_apart_from_the_spread_over_images():
    base = np.arange(20.0, 26.0)  # images differ a lot, seeds by a shift of everything
    run = Run(
        *scored("a", list(base + 1.0), seed=0, psnr_ann=30.0),
        *scored("a", list(base + 1.4), seed=1, psnr_ann=30.0),
        *scored("b", list(base), seed=0, psnr_ann=30.0),
        *scored("b", list(base), seed=1, psnr_ann=30.0),
    )
    found = {row["method"]: row for row in picked(rows(run), rule="t4", against="ann")}
    assert found["a"]["seeds"] == 2
    assert found["a"]["seed_sd_db"] == pytest.approx(0.4 / math.sqrt(2))
    assert found["b"]["seed_sd_db"] == pytest.approx(0.0, abs=1e-12)
    (paired,) = picked(rows(run), rule="t4", against="best")
    assert paired["difference_db"] == pytest.approx(-1.2)
    assert paired["difference_low"] == pytest.approx(paired["difference_high"])  # not over images
    assert paired["seed_sd_db"] == pytest.approx(0.4 / math.sqrt(2))


def test_one_seed_has_no_spread_over_seeds():
    assert {row["seed_sd_db"] for row in rows(close_run())} == {None}


def test_an_image_without_a_finite_psnr_counts_in_no_comparison():
    base = np.array([29.0, 30.5, 28.0, 31.0, 27.5, 33.0, 26.0, 30.0])
    steps = np.array([0.5, 0.25, 0.75, 0.125, 1.0, 0.375, 0.625, 0.875])
    flat = np.arange(8) == 3
    run = Run(
        *scored("a", list(np.where(flat, math.inf, base)), psnr_ann=34.0),
        *scored("b", list(np.where(flat, 60.0, base - steps)), psnr_ann=34.0),
    )
    kept, found = steps[~flat], rows(run)
    (paired,) = picked(found, rule="t4", against="best")
    assert (paired["method"], paired["images"], paired["images_differing"]) == ("b", 7, 7)
    assert paired["difference_db"] == pytest.approx(-kept.mean())
    assert -kept.max() <= paired["difference_low"] < paired["difference_high"] <= -kept.min()
    assert paired["p"] == pytest.approx(2 / 2**7)  # seven differences of one sign
    for row in picked(found, rule="t4", against="ann"):
        expected = run.leaderboard.set_index("method").loc[row["method"]]
        assert row["difference_db"] == pytest.approx(expected["gap_db"], abs=1e-12)
        assert row["difference_low"] == pytest.approx(expected["gap_low"], abs=1e-12)


def test_a_board_that_leaves_out_all_images_has_no_comparisons():
    assert rows(Run(*scored("a", [math.inf] * 6), *scored("b", [28.0] * 6))) == []
