"""The prices, against the figures they come from."""

import pytest

from spikebench.energy import MODELS

ADD, MULTIPLY = 0.9e-12, 3.7e-12  # Horowitz 2014: fp32 at 45 nm, joule


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_an_accumulate_is_one_addition_and_a_mac_adds_a_multiplication(model):
    assert model.ac == pytest.approx(ADD, rel=1e-12)
    assert model.mac == pytest.approx(ADD + MULTIPLY, rel=1e-12)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_says_its_name_source_and_omissions(name):
    model = MODELS[name]
    assert model.name == name
    assert "Horowitz" in model.source and "memory" in model.omits


def test_the_two_models_differ_in_the_first_layer_alone():
    assert MODELS["45nm_fp32_cached"].macs == "macs_cached"
    assert MODELS["45nm_fp32_streaming"].macs == "macs_streaming"
