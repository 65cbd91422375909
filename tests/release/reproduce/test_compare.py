"""The comparison of a cell sees the last bit of every stable column, and names it."""

import math

import pytest

from spikebench.release.reproduce.compare import TABLES, compared, difference, digest
from spikebench.results.columns.images import IMAGES, VOLATILE
from tests.release.reproduce.tables import images, layers

ROWS = (images({}, {"image": "02"}), layers({"rate": math.nan}, {"layer": "exit"}))
BIT = math.nextafter(29.0, 30)


def test_equal_rows_are_equal_in_any_order():
    turned = (images({"image": "02"}, {}), layers({"layer": "exit"}, {"rate": math.nan}))
    assert difference(ROWS, turned) == ""
    assert digest(ROWS) == digest(turned)


@pytest.mark.parametrize("name", VOLATILE)
def test_what_one_machine_says_of_itself_is_not_compared(name):
    value = "other" if IMAGES.field(name).kind == "text" else 7
    other = (images({name: value}, {"image": "02"}), ROWS[1])
    assert difference(ROWS, other) == "" and digest(ROWS) == digest(other)


def test_a_bit_of_an_image_is_named_with_both_values():
    other = (images({}, {"image": "02", "psnr": BIT, "ssim": 0.5}), ROWS[1])
    assert difference(ROWS, other) == (
        f"images: psnr is {BIT}, published 29.0 (timesteps 4, image 02); 2 values of 2 columns "
        f"differ; PSNR by at most {BIT - 29:.2g} dB, SynOps by 0 %"
    )
    assert digest(ROWS) != digest(other)


def test_how_far_images_are_apart_is_said():
    one = (images({"psnr": math.inf, "synops": 0}, {"image": "02", "synops": 50_000}), ROWS[1])
    other = (
        images({"psnr": math.inf, "synops": 0}, {"image": "02", "psnr": 29.25, "synops": 50_001}),
        ROWS[1],
    )
    assert difference(one, other).endswith("; PSNR by at most 0.25 dB, SynOps by 0.002 %")


def test_a_bit_of_a_layer_is_named():
    other = (ROWS[0], layers({"rate": math.nan}, {"layer": "exit", "synops": 5e-324}))
    assert difference(ROWS, other) == (
        "layers: synops is 5e-324, published 0.0 (timesteps 4, layer exit)"
    )


@pytest.mark.parametrize(("value", "said"), [(0.0, "0.0"), (math.nan, "nan")])
def test_missing_is_no_number(value, said):
    other = (images({"lpips": value}, {"image": "02"}), ROWS[1])
    assert f"lpips is {said}, published missing" in difference(ROWS, other)


def test_zero_has_a_sign():
    other = (ROWS[0], layers({"rate": math.nan, "events": -0.0}, {"layer": "exit"}))
    assert "events is -0.0, published 0.0" in difference(ROWS, other)


def test_a_row_that_only_one_has_is_named():
    assert difference(ROWS, (images({}), ROWS[1])) == (
        "images: 2 rows were published and 1 computed; only published: timesteps 4, image 02"
    )


def test_hashes_of_code_are_left_out_where_any_evaluator_may_compute():
    changes = {"evaluator_hash": "other", "method_hash": "other", "config_hash": "other"}
    other = (images(changes, {**changes, "image": "02"}), ROWS[1])
    assert "method_hash is other, published x" in difference(ROWS, other)
    assert difference(ROWS, other, any_evaluator=True) == ""
    weights = (images({"weights_sha256": "other"}, {"image": "02"}), ROWS[1])
    assert "weights_sha256" in difference(ROWS, weights, any_evaluator=True)


def test_a_column_of_later_is_compared_where_both_have_it():
    before = ROWS[1].drop_columns(["bits"])
    assert "bits" not in compared(TABLES[1], before)
    assert difference((ROWS[0], before), ROWS) == ""
