"""Rows at equal energy, against NumPy's interpolation image by image and points by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikebench.analysis.statistics import at_energy, span

ENERGY = np.array([0.1, 0.2, 0.4, 0.8])
PSNR = np.array([[20.0, 30.0], [24.0, 31.0], [26.0, 33.0], [27.0, 36.0]])


@settings(deadline=None)
@given(st.floats(0.1, 0.8))
def test_between_two_t_each_image_is_linear_in_the_logarithm_of_energy(wanted):
    expected = [np.interp(np.log(wanted), np.log(ENERGY), image) for image in PSNR.T]
    assert at_energy(ENERGY, PSNR, wanted) == pytest.approx(expected, abs=1e-9)


def test_by_hand_half_way_between_two_t():
    assert at_energy(ENERGY, PSNR, np.sqrt(0.1 * 0.2)) == pytest.approx([22.0, 30.5])


@pytest.mark.parametrize("place", range(4))
def test_at_a_measured_t_it_is_what_was_measured(place):
    assert at_energy(ENERGY[::-1], PSNR[::-1], ENERGY[place]).tolist() == PSNR[place].tolist()


@pytest.mark.parametrize("wanted", [0.0999, 0.801])
def test_outside_of_its_energies_there_is_no_answer(wanted):
    assert at_energy(ENERGY, PSNR, wanted) is None
    assert span(ENERGY, PSNR) == (0.1, 0.8)


def test_a_t_that_a_cheaper_one_beats_is_no_support():
    worse = np.vstack([PSNR, [[10.0, 10.0]]])
    energy = np.append(ENERGY, 0.3)
    assert at_energy(energy, worse, 0.3) == pytest.approx(at_energy(ENERGY, PSNR, 0.3))
    assert at_energy(np.append(ENERGY, 2.0), worse, 1.0) is None
    assert span(np.append(ENERGY, 2.0), worse) == (0.1, 0.8)


def test_points_that_have_no_place_are_left_out():
    odd = np.vstack([PSNR, [[np.inf, 40.0]], [[99.0, 99.0]]])
    energy = np.append(ENERGY, [0.9, 0.0])
    assert span(energy, odd) == (0.1, 0.8)
    assert at_energy(energy, odd, 0.85) is None
    assert at_energy(energy[:0], odd[:0], 0.5) is None
    assert np.isnan(span(energy[:0], odd[:0])).all()
