"""Aggregation over images, against hand-made means and loops."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spikebench.analysis.leaderboard import leaderboard
from spikebench.analysis.prices import prices
from spikebench.analysis.statistics import bootstrap_interval
from spikebench.results.columns.energy import PRICES
from spikebench.results.columns.leaderboard import LEADERBOARD
from spikebench.results.shards import write_frame
from tests.rows import energy_frame, image_frame, image_row, layer_frame


def energy(images: pd.DataFrame, **ratios: dict[str, float]) -> pd.DataFrame:
    """Return an energy table: for each model the ratio by method, 0.5 where none is given."""
    return energy_frame(
        images,
        **{
            model: lambda cells, known=by_method: cells["method"].map(known).fillna(0.5)
            for model, by_method in (ratios or {"m": {}}).items()
        },
    )


def board(*rows: dict[str, Any], **ratios: dict[str, float]) -> pd.DataFrame:
    images = image_frame(*rows)
    return leaderboard(images, layer_frame(), prices(energy(images, **ratios)))


def scored(method: str, *psnr: float, **changes: Any) -> list[dict[str, Any]]:
    """Return one row of a method for each image."""
    return [image_row(method=method, image=str(i), psnr=p, **changes) for i, p in enumerate(psnr)]


def test_a_row_is_the_mean_over_images():
    rows = [
        image_row(image="1", psnr=28.0, ssim=0.8, synops=10, psnr_ann=30.0, psnr_input=20.0),
        image_row(image="2", psnr=31.0, ssim=0.9, synops=20, psnr_ann=31.5, psnr_input=21.0),
    ]
    (found,) = board(*rows).to_dict("records")
    assert (found["images"], found["seeds"]) == (2, 1)
    assert (found["psnr"], found["synops"], found["psnr_input"]) == (29.5, 15, 20.5)
    assert found["ssim"] == pytest.approx(0.85)
    assert found["gap_db"] == pytest.approx((-2.0 - 0.5) / 2)
    assert found["psnr_se"] == pytest.approx(1.5)  # 3 / sqrt(2) / sqrt(2)


def test_intervals_are_bootstraps_over_images_of_psnr_and_of_the_paired_gap():
    psnr, ann = np.array([28.0, 31.0, 25.0, 40.0]), np.array([29.0, 32.0, 26.0, 41.0])
    rows = [
        image_row(image=str(i), psnr=p, psnr_ann=a)
        for i, (p, a) in enumerate(zip(psnr, ann, strict=True))
    ]
    (found,) = board(*rows).to_dict("records")
    low, high = bootstrap_interval(psnr, "a seed of its own")
    assert found["psnr_low"] == pytest.approx(low, abs=0.3)
    assert found["psnr_high"] == pytest.approx(high, abs=0.3)
    assert found["gap_low"] == found["gap_high"] == -1.0  # images differ, the gap does not


def test_the_least_and_the_largest_energy_are_over_the_models():
    ratios = {"m": {"a": 0.3}, "n": {"a": 3.2}, "o": {"a": 0.9, "b": 0.1}}
    table = board(*scored("a", 29.0), *scored("b", 28.0), **ratios).set_index("method")
    ends = table[["energy_least", "energy_most"]].apply(tuple, axis=1).to_dict()
    assert ends == {"a": (0.3, 3.2), "b": (0.1, 0.5)}


def test_ranks_that_the_images_leave_open():
    """Two rows cross on the images, a third is far below; a reference takes no rank."""
    rows = [
        *scored("a", 30.0, 31.0, 29.0, 33.0),
        *scored("b", 31.5, 30.0, 30.5, 32.0),
        *scored("c", 20.0, 21.0, 19.0, 23.0),
        *scored("ann", 40.0, 41.0, 42.0, 43.0, family="reference"),
    ]
    table = board(*rows).set_index("method")
    places = table[["rank_first", "rank_last"]].apply(tuple, axis=1).to_dict()
    assert places == {"a": (1, 2), "b": (1, 2), "c": (3, 3), "ann": (0, 0)}


def test_a_row_says_on_how_many_boards_its_method_ran():
    rows = [*scored("a", 30.0), *scored("a", 30.0, dataset="other"), *scored("b", 30.0)]
    table = board(*rows)
    assert set(table["boards"]) == {2}
    assert dict(zip(table["method"], table["boards_run"], strict=True)) == {"a": 2, "b": 1}


def test_an_image_counts_once_whatever_the_number_of_seeds():
    rows = [image_row(image="1", seed=s, psnr=p) for s, p in enumerate([28.0, 30.0, 32.0])]
    (found,) = board(*rows, image_row(image="2", psnr=20.0)).to_dict("records")
    assert (found["images"], found["seeds"], found["psnr"]) == (2, 3, 25.0)


def test_one_image_has_no_spread():
    (found,) = board(image_row(psnr=29.0)).to_dict("records")
    assert (found["psnr_low"], found["psnr_high"], found["psnr_se"]) == (29.0, 29.0, 0.0)


# PSNR on six images, the third of which is flat: the ANN's, the input's, and two methods'.
FLAT = 2
ANN = np.array([31.0, 33.0, np.inf, 30.5, 36.0, 29.0])
INPUT = np.array([20.0, 21.0, np.inf, 22.0, 23.0, 19.5])
PSNR = {
    "exact": np.array([30.0, 32.5, np.inf, 29.5, 35.0, 28.0]),
    "rough": np.array([29.5, 31.0, 50.0, 29.0, 34.5, 27.25]),
}


def one_flat_image(**changes: Any) -> list[dict[str, Any]]:
    """Return the rows of both methods on the six images above."""
    return [
        image_row(
            method=method, image=str(i), psnr=p, psnr_ann=ANN[i], psnr_input=INPUT[i], ssim=i / 10
        )
        | changes
        for method, values in PSNR.items()
        for i, p in enumerate(values)
    ]


@pytest.mark.parametrize("method", PSNR)
def test_a_flat_image_is_left_out_of_what_follows_from_psnr_for_every_row(method):
    found = board(*one_flat_image()).set_index("method").loc[method]
    psnr, ann, degraded = PSNR[method].copy(), ANN.copy(), INPUT.copy()
    psnr[FLAT] = ann[FLAT] = degraded[FLAT] = np.nan  # also where a row has a finite value
    assert (found["images"], found["images_left_out"]) == (6, 1)
    assert found["psnr"] == pytest.approx(np.nanmean(psnr))
    assert found["psnr_ann"] == pytest.approx(np.nanmean(ann))
    assert found["psnr_input"] == pytest.approx(np.nanmean(degraded))
    assert found["gap_db"] == pytest.approx(np.nanmean(psnr - ann))
    assert found["psnr_se"] == pytest.approx(np.nanstd(psnr, ddof=1) / math.sqrt(5))
    assert found["ssim"] == pytest.approx(0.25)  # over all six
    for value, (low, high) in {
        "psnr": bootstrap_interval(psnr[~np.isnan(psnr)], "a seed of its own"),
        "gap": bootstrap_interval((psnr - ann)[~np.isnan(psnr)], "a seed of its own"),
    }.items():
        assert found[f"{value}_low"] == pytest.approx(low, abs=0.3)
        assert found[f"{value}_high"] == pytest.approx(high, abs=0.3)


def test_a_flat_image_leaves_the_ranks_to_the_others():
    table = board(*one_flat_image()).set_index("method")
    assert table["rank"].to_dict() == {"exact": 1, "rough": 2}
    assert table["pareto"].to_dict() == {"exact": True, "rough": False}


def test_leaving_out_a_flat_image_is_not_having_it():
    without = [row for row in one_flat_image() if row["image"] != str(FLAT)]
    names = ["psnr", "psnr_se", "gap_db", "psnr_low", "psnr_high", "gap_low", "gap_high", "rank"]
    pd.testing.assert_frame_equal(board(*one_flat_image())[names], board(*without)[names])


def test_an_image_is_left_out_where_any_seed_or_reference_is_not_finite_and_only_on_its_board():
    rows = [
        *scored("a", 28.0, 30.0, 35.0, 31.0),
        *scored("b", 27.0, 31.0, 33.0, 29.0, seed=0),
        *scored("b", 27.0, np.nan, 33.0, 29.0, seed=1),
        *scored("c", 20.0, 20.0, np.inf, 20.0, family="reference", timesteps=0),
        *scored("a", 28.0, 30.0, 35.0, 31.0, dataset="other"),
    ]
    table = board(*rows).set_index(["dataset", "method"])
    assert table["images_left_out"].to_dict() == {
        **{("set", method): 2 for method in "abc"},
        ("other", "a"): 0,
    }
    assert table["psnr"].to_dict() == {
        **{("set", "a"): 29.5, ("set", "b"): 28.0, ("set", "c"): 20.0},
        ("other", "a"): 31.0,
    }


def test_without_any_finite_image_a_psnr_is_missing_and_nothing_is_ranked(tmp_path):
    rows = [*scored("a", math.inf, math.inf), *scored("b", 28.0, 29.0)]
    table = board(*rows)
    assert table["images_left_out"].tolist() == [2, 2]
    missing = ["psnr", "psnr_se", "psnr_ann", "gap_db", "psnr_low", "psnr_high", "gap_low"]
    assert table[missing].isna().all(axis=None)
    assert table["rank"].tolist() == table["rank_in_class"].tolist() == [0, 0]
    assert not table["pareto"].any()
    write_frame(tmp_path / "leaderboard.parquet", table, LEADERBOARD)  # may be missing
    assert pd.read_parquet(tmp_path / "leaderboard.parquet")["psnr"].isna().all()


def test_each_t_data_set_and_backbone_is_a_row_of_its_own():
    places = [(d, b, t) for d in ("s1", "s2") for b in ("n1", "n2") for t in (1, 4)]
    table = board(*(image_row(dataset=d, backbone=b, timesteps=t) for d, b, t in places))
    found = zip(table["dataset"], table["backbone"], table["timesteps"], strict=True)
    assert sorted(found) == sorted(places)


def test_the_richest_spikes_and_the_longest_latency_are_shown():
    rows = [
        image_row(image="1", spike_class="burst", latency_steps=5),
        image_row(image="2", spike_class="signed", latency_steps=4),
    ]
    (found,) = board(*rows).to_dict("records")
    assert (found["spike_class"], found["latency_steps"]) == ("burst", 5)


@pytest.mark.parametrize("column", ["lpips", "output_entropy"])
def test_what_may_be_missing_is_missing_or_the_mean(column):
    assert math.isnan(board(image_row())[column][0])
    rows = [image_row(image=i, **{column: p}) for i, p in [("1", 0.1), ("2", 0.3)]]
    assert board(*rows)[column][0] == pytest.approx(0.2)


def test_ranks_are_shared_within_two_decimals_and_leave_out_references():
    table = board(
        *scored("a", 29.000),
        *scored("b", 29.004),
        *scored("c", 28.0),
        *scored("ann", 30.0, family="reference"),
    ).set_index("method")
    assert table["rank"].to_dict() == {"a": 1, "b": 1, "c": 3, "ann": 0}


def test_ranks_are_within_data_set_backbone_and_t():
    table = board(
        *scored("a", 29.0, timesteps=1),
        *scored("b", 30.0, timesteps=2),
        *scored("b", 28.0, timesteps=1),
        *scored("b", 30.0, timesteps=1, dataset="other"),
        *scored("b", 30.0, timesteps=1, backbone="other"),
    )
    ranks = table.set_index(["method", "dataset", "backbone", "timesteps"])["rank"]
    assert ranks["b", "set", "net", 1] == 2
    assert ranks.drop(("b", "set", "net", 1)).eq(1).all()


def test_the_front_is_over_all_t_without_references():
    table = board(
        *scored("cheap", 25.0),
        *scored("good", 29.0),
        *scored("worse", 28.0),
        *scored("free", 31.0, family="reference"),
        m={"cheap": 0.1, "good": 0.5, "worse": 0.6, "free": 0.0},
    ).set_index("method")
    front = {"cheap": True, "good": True, "worse": False, "free": False}
    assert table["pareto"].to_dict() == front


def test_the_first_energy_model_makes_the_front():
    table = board(
        *scored("a", 29.0), *scored("b", 28.0), z={"a": 0.9, "b": 0.1}, k={"a": 0.1, "b": 0.9}
    ).set_index("method")
    assert table["pareto"].all()  # by k, b would be beaten


def test_the_same_images_give_the_same_table():
    rows = scored("a", 28.0, 31.0, 25.0) + scored("b", 27.0, 33.0, 26.0)
    pd.testing.assert_frame_equal(board(*rows), board(*rows[::-1]))


def test_no_rows_give_an_empty_table_with_every_column():
    found = leaderboard(image_frame(), layer_frame(), PRICES.schema.empty_table().to_pandas())
    assert found.empty
    assert found.columns.tolist() == LEADERBOARD.names


def test_pipelined_layers_take_the_next_image_when_the_slowest_is_ready():
    images = image_frame(*scored("a", 29.0), *scored("b", 28.0), *scored("c", 27.0, timesteps=9))
    layers = layer_frame(
        {"method": "a", "passes": 3.0},
        {"method": "a", "passes": 6.0, "layer": "second"},
        {"method": "b", "passes": 4.0},
        {"method": "a", "passes": 12.0, "backbone": "another"},
    )
    found = leaderboard(images, layers, prices(energy(images))).set_index("method")
    assert found["interval_steps"].to_dict() == {"a": 6, "b": 4, "c": 0}


def test_a_hybrid_row_says_what_share_of_the_macs_is_analogue():
    images = image_frame(*scored("a", 29.0, seed=0), *scored("a", 29.0, seed=1), *scored("b", 28.0))
    gate = {"layer": "gate", "macs_dense": 10.0, "analogue_macs": 10.0, "special_ops": 4.0}
    layers = layer_frame(
        *({"method": "a", "seed": seed, "macs_dense": 90.0} for seed in (0, 1)),
        *({"method": "a", "seed": seed} | gate for seed in (0, 1)),
        {"method": "b", "macs_dense": 90.0},
    )
    found = leaderboard(images, layers, prices(energy(images))).set_index("method")
    assert found.loc["a", ["analogue_share", "special_ops"]].tolist() == [0.1, 4.0]
    assert found.loc["b", ["analogue_share", "special_ops"]].isna().all()


def test_a_reference_beats_rows_on_the_front_with_references_alone():
    """The quantised ANN restores better than b at less; a is better than it, c is cheaper."""
    rows = [*scored("a", 30.0), *scored("b", 28.0), *scored("c", 25.0), *scored("d", 20.0)]
    rows += scored("qann", 29.0, family="reference")
    ratios = {"a": 0.9, "b": 0.5, "c": 0.1, "d": 0.6, "qann": 0.3}
    table = board(*rows, m=ratios).set_index("method")
    assert table["pareto"].to_dict() == {"a": 1, "b": 1, "c": 1, "d": 0, "qann": 0}
    outer = table["pareto_with_references"].to_dict()
    assert outer == {"a": 1, "b": 0, "c": 1, "d": 0, "qann": 1}
    images = image_frame(*rows)
    priced = prices(energy(images, m=ratios))
    priced["ratio"] = priced["ratio"].mask(priced["method"] == "qann")
    unpriced = leaderboard(images, layer_frame(), priced)
    assert unpriced["pareto_with_references"].tolist() == table["pareto"].tolist()
