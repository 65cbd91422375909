"""Curves against the reference row, and the price of nearness."""

import numpy as np
import pytest

from spikebench.analysis.compare.board import boards
from spikebench.analysis.compare.curves import curves, reference_row
from spikebench.analysis.statistics import bd_energy, bd_psnr, curve
from spikebench.errors import BenchError
from tests.analysis.compare.conftest import Run, scored


def along(run: Run, reference: str) -> dict[tuple[str, str], dict]:
    (board,) = boards(run.images, run.leaderboard, run.prices)
    rows = curves(board, reference)
    return {(row["method"], row["energy_model"]): row for row in rows}


def test_deltas_are_those_of_the_mean_curves(rise):
    found = along(rise, "a")
    for model, price in (("first", 0.1), ("second", 0.2)):
        energy = price * np.array([1, 2, 4, 8])
        a = curve(energy, 22.5 + np.array([0.0, 3.0, 5.0, 6.0]))
        b = curve(energy, 22.5 + np.array([-1.0, 1.5, 4.0, 5.8]))
        row, quality, cost = found["b", model], bd_psnr(a, b), bd_energy(a, b)
        assert row["bd_psnr_db"] == pytest.approx(quality.value)
        assert row["bd_energy_percent"] == pytest.approx(cost.value)
        assert (row["bd_psnr_from"], row["bd_psnr_to"]) == pytest.approx((price, 8 * price))
        assert (row["bd_energy_from"], row["bd_energy_to"]) == pytest.approx((22.5, 28.3))
        assert row["bd_energy_share"] == pytest.approx(5.8 / 7.0)
        assert (row["points"], row["bd_psnr_reason"], row["bd_energy_reason"]) == (4, "", "")


def test_curves_with_less_than_half_in_common_have_no_delta():
    """Energy is 0.1 T: b has log(0.8 / 0.3) of log(2.4 / 0.1) in common with a, c two thirds."""
    grids = {"a": (1, 2, 4, 8), "b": (3, 6, 12, 24), "c": (2, 4, 8)}
    rows = [
        row
        for method, grid in grids.items()
        for value, time in zip([22.5, 25.5, 27.5, 28.5], grid, strict=False)
        for row in scored(method, [value], timesteps=time, psnr_ann=30.0)
    ]
    found = along(Run(*rows), "a")
    b, c = found["b", "first"], found["c", "first"]
    share = np.log(0.8 / 0.3) / np.log(2.4 / 0.1)
    assert b["bd_psnr_share"] == pytest.approx(share)
    assert (b["bd_psnr_db"], b["bd_psnr_reason"]) == (None, f"only {100 * share:.0f} % in common")
    assert (b["bd_psnr_from"], b["bd_psnr_to"]) == pytest.approx((0.3, 0.8))
    assert b["bd_energy_percent"] == pytest.approx(200.0)  # along PSNR all is in common
    assert c["bd_psnr_share"] == pytest.approx(2 / 3)
    assert c["bd_psnr_db"] is not None and c["bd_psnr_reason"] == ""


def test_the_reference_itself_has_no_delta(rise):
    row = along(rise, "a")["a", "first"]
    assert (row["bd_psnr_db"], row["bd_psnr_reason"]) == (None, "the reference")
    assert (row["bd_energy_from"], row["bd_energy_share"]) == (None, None)


def test_a_reference_that_is_not_on_the_board_gives_a_reason(rise):
    row = along(rise, "elsewhere")["b", "first"]
    assert (row["bd_energy_percent"], row["bd_energy_reason"]) == (None, "no reference here")


def test_energy_and_steps_to_come_near_the_ann(rise):
    row = along(rise, "a")["a", "second"]  # gaps of the mean: -6.1, -3.1, -1.1, -0.1
    assert (row["ratio_to_0_1_db"], row["t_to_0_1_db"]) == (pytest.approx(1.6), 8)
    row = along(rise, "a")["b", "first"]  # -7.1, -4.6, -2.1, -0.3
    assert (row["ratio_to_0_1_db"], row["t_to_0_1_db"]) == (None, None)
    assert (row["ratio_to_0_5_db"], row["t_to_0_5_db"]) == (pytest.approx(0.8), 8)
    assert (row["ratio_to_1_0_db"], row["t_to_1_0_db"]) == (pytest.approx(0.8), 8)


def families(**by_method: str):
    run = Run(*(row for m, family in by_method.items() for row in scored(m, [29.0], family=family)))
    return run.leaderboard


def test_the_reference_is_the_first_training_free_row_of_the_configuration():
    table = families(ann="reference", tuned="few-shot", z="training-free", a="training-free")
    order = ["ann", "tuned", "gone", "z", "a"]
    assert reference_row(table, order, None) == "z"
    assert reference_row(table, order, "tuned") == "tuned"
    assert reference_row(families(ann="reference", tuned="few-shot"), order, None) == "tuned"
    assert reference_row(families(ann="reference"), order, None) == ""


def test_a_reference_without_a_curve_is_refused():
    table = families(ann="reference", a="training-free")
    with pytest.raises(BenchError, match=r"`reference_row` is 'ann'.*have one: a\."):
        reference_row(table, ["ann", "gone", "a"], "ann")


def test_the_first_row_stands_in_for_one_that_failed_or_refused():
    order = ["ann", "gone", "a"]
    assert reference_row(families(ann="reference", a="training-free"), order, "gone") == "a"
    assert reference_row(families(ann="reference"), order, "gone") == ""
