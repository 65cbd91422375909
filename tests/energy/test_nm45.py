"""The prices, against the figures they come from, and the field's break-even points."""

import pytest

from spikebench.energy import MODELS
from tests.energy.work_rows import work_frame

# Horowitz 2014, 45 nm, picojoule: (addition, multiplication)
FIGURE = {"fp32": (0.9, 3.7), "fp16": (0.4, 1.1), "int8": (0.03, 0.2)}
NM45 = {name: model for name, model in MODELS.items() if name.startswith("45nm")}


@pytest.mark.parametrize("name", NM45)
def test_an_accumulate_is_one_addition_and_a_mac_adds_a_multiplication(name):
    add, multiply = FIGURE[name.split("_")[1]]
    assert NM45[name].ac == add
    assert NM45[name].mac == pytest.approx(add + multiply, rel=1e-12)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_says_its_name_title_source_and_omissions(name):
    model = MODELS[name]
    assert model.name == name
    assert all(len(text) > 8 for text in (model.title, model.source, model.omits))
    assert len({other.title for other in MODELS.values()}) == len(MODELS)


def test_each_precision_is_there_with_the_first_layer_cached_and_streaming():
    for precision in FIGURE:
        assert NM45[f"45nm_{precision}_cached"].first_layer == "cached"
        assert NM45[f"45nm_{precision}_streaming"].first_layer == "streaming"


def test_state_has_a_price_where_the_name_says_so():
    priced = {name: model.state_op for name, model in NM45.items() if model.state_op}
    assert priced == {"45nm_fp32_state": 0.9, "45nm_int8_state": 0.1}


@pytest.mark.parametrize(("precision", "spikes"), [("fp32", 5.11), ("fp16", 3.75), ("int8", 7.67)])
def test_the_published_break_even_is_the_price_of_a_mac_over_an_ac(precision, spikes):
    """A network whose layers all spike n times a neuron costs n ACs for each MAC of the ANN."""
    model = NM45[f"45nm_{precision}_cached"]
    assert round(model.mac / model.ac, 2) == spikes


def test_special_functions_have_a_price_where_state_has():
    """Five fp32 multiply-accumulates of 4.6 pJ; one byte of the 10 pJ for 8 bytes out of 8 KB."""
    priced = {name: model.special_op for name, model in NM45.items() if model.special_op}
    assert priced == {"45nm_fp32_state": pytest.approx(23.0), "45nm_int8_state": 1.25}


@pytest.mark.parametrize("precision", FIGURE)
@pytest.mark.parametrize("bits", range(1, 9))
def test_a_b_bit_activation_multiplies_at_the_int8_price_by_the_square_of_its_bits(precision, bits):
    """By hand: at int8 a MAC of 4 bits is 0.03 + 0.2 / 4 pJ, one of 1 bit 0.03 pJ."""
    multiply = 0.0 if bits == 1 else 0.2 * bits * bits / 64
    model = NM45[f"45nm_{precision}_cached"]
    paid = model.picojoule(work_frame("analogue", macs=10, bits=bits)).item()
    assert paid == pytest.approx(10 * (FIGURE[precision][0] + multiply), rel=1e-12)


@pytest.mark.parametrize("name", NM45)
def test_a_digit_of_a_graded_spike_pays_an_int8_addition_more(name):
    plain, graded = (
        NM45[name].picojoule(work_frame(kind, synops=10)).item() for kind in ("signed", "graded")
    )
    assert graded - plain == pytest.approx(10 * 0.03, rel=1e-9)
