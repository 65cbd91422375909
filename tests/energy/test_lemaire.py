"""Lemaire's formulas: a layer by hand, and the published break-even table of a 64 -> 64 layer."""

import pytest

from spikebench.energy import MODELS
from spikebench.energy.lemaire import FIFO_WORDS, linear, packed
from tests.energy.work_rows import work_frame

# Spikes per neuron at which a 3 x 3 convolution, 64 -> 64 channels, with borders ignored, costs
# what its ANN costs: by height and width of the map and by model, at T = 4, 8, 16, 32.
TABLE = {
    ("lemaire_int32", (32, 32)): (0.659, 0.653, 0.641, 0.617),
    ("lemaire_int32", (180, 180)): (0.505, 0.498, 0.484, 0.457),
    ("lemaire_int32", (321, 481)): (0.496, 0.489, 0.475, 0.448),
    ("lemaire_int32_packed", (32, 32)): (0.867, 0.860, 0.846, 0.818),
    ("lemaire_int32_packed", (321, 481)): (0.867, 0.860, 0.846, 0.818),
    ("lemaire_int8_packed", (32, 32)): (0.715, 0.708, 0.695, 0.667),
    ("lemaire_int8_packed", (180, 180)): (0.715, 0.708, 0.695, 0.667),
}
CHANNELS, KERNEL = 64, 9


def layer(height: int, width: int, kind: str = "binary", **work: float):
    size = CHANNELS * height * width
    shape = {"inputs": size, "outputs": size, "weights": CHANNELS**2 * KERNEL, "biases": CHANNELS}
    channels = {"kernel": KERNEL, "channels_in": CHANNELS, "channels_out": CHANNELS}
    return work_frame(kind, **shape, **channels, **work)


def cost(model: str, work) -> float:
    return float(MODELS[model].picojoule(work).iloc[0])


@pytest.mark.parametrize(("model", "size"), TABLE)
def test_the_published_table_of_break_even_points(model, size):
    neurons = CHANNELS * size[0] * size[1]
    ann = cost(model, layer(*size, "analogue", macs=neurons * CHANNELS * KERNEL, reads=1))
    found = []
    for steps in (4, 8, 16, 32):
        still = cost(model, layer(*size, passes=steps))
        spiking = layer(*size, passes=steps, spikes=neurons, synops=neurons * CHANNELS * KERNEL)
        found.append(round((ann - still) / (cost(model, spiking) - still), 3))
    assert tuple(found) == TABLE[model, size]


def test_a_spiking_layer_by_hand():
    """8 spikes reach 200 outputs, in 3 passes over 64 * 4 neurons; 32-bit values."""
    work = layer(2, 2, spikes=8, synops=200, passes=3)
    weight, potential, bias = linear(36864, 32), linear(256, 32), linear(64, 32)
    spike = 2 * linear(FIFO_WORDS, 32) + 2 * (3.1 + 0.1) + 9 * 0.1 + 0.1
    synop = weight + 2 * potential + 0.1
    update = bias + 2 * potential + 0.1
    expected = 8 * spike + 200 * synop + 3 * 256 * update
    assert cost("lemaire_int32", work) == pytest.approx(expected, rel=1e-12)


def test_a_formal_layer_by_hand():
    work = layer(2, 2, "analogue", macs=1000, reads=1)
    read = linear(256, 32) + linear(36864, 32)
    output = linear(256, 32) + linear(64, 32) + 0.1
    addresses = 256 + 256 + 9 * 64
    expected = 1000 * (read + 3.2) + 256 * output + 0.1 * addresses
    assert cost("lemaire_int32", work) == pytest.approx(expected, rel=1e-12)


def test_a_constant_current_is_read_in_every_pass_in_place_of_a_bias():
    current = layer(2, 2, "analogue", macs=1000, reads=1, passes=3)
    once = layer(2, 2, "analogue", macs=1000, reads=1)
    update = 3 * linear(256, 32) + 0.1
    difference = cost("lemaire_int32", current) - cost("lemaire_int32", once)
    assert difference == pytest.approx(3 * 256 * update, rel=1e-9)


def test_the_twin_moves_fewer_bits_and_at_one_bit_does_not_multiply():
    full, four, one = (
        cost("lemaire_int8_packed", layer(2, 2, "analogue", macs=1000, reads=1, bits=bits))
        for bits in (0, 4, 1)
    )
    moved = (1000 + 256) * packed(1, 4)
    assert full - four == pytest.approx(moved + 1000 * 0.2 * (1 - (4 / 8) ** 2), rel=1e-9)
    moved = (1000 + 256) * packed(1, 3)
    assert four - one == pytest.approx(moved + 1000 * 0.2 * (4 / 8) ** 2, rel=1e-9)


def test_a_digit_pays_a_shift_and_its_place_in_the_queue():
    plain, graded = (
        cost("lemaire_int32", layer(2, 2, kind, spikes=10, synops=500))
        for kind in ("signed", "graded")
    )
    assert graded - plain == pytest.approx(500 * 0.1)
    twice = cost("lemaire_int32", layer(2, 2, "graded", spikes=20, synops=500))
    assert twice - graded > 10 * 2 * linear(1000, 32)


def test_memory_prices_are_the_fit_and_the_share_of_a_word():
    assert linear(1024, 32) == pytest.approx(1.09e-5 * 1024 * 32 + 13.2)
    assert (packed(5, 32), packed(5, 8)) == (5.0, 1.25)
