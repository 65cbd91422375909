"""Rows at equal energy, against NumPy's interpolation image by image and points by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikebench.analysis.statistics import at_energy, span

ENERGY = np.array([0.1, 0.2, 0.4, 0.8])
PSNR = np.array([[20.0, 30.0], [24.0, 31.0], [26.0, 33.0], [27.0, 36.0]])


def at(wanted: float, energy=ENERGY, psnr=PSNR) -> np.ndarray:
    return at_energy(energy, psnr, np.array([wanted]))[0]


@settings(deadline=None)
@given(st.lists(st.floats(0.1, 0.8), min_size=1, max_size=5))
def test_between_two_t_each_image_is_linear_in_the_logarithm_of_energy(wanted):
    found = at_energy(ENERGY, PSNR, np.array(wanted))
    expected = np.array([np.interp(np.log(wanted), np.log(ENERGY), image) for image in PSNR.T])
    assert found == pytest.approx(expected.T, abs=1e-9)


def test_by_hand_half_way_between_two_t():
    assert at(np.sqrt(0.1 * 0.2)) == pytest.approx([22.0, 30.5])


def test_at_a_measured_t_it_is_what_was_measured():
    assert at_energy(ENERGY[::-1], PSNR[::-1], ENERGY).tolist() == PSNR.tolist()


def test_outside_of_its_energies_there_is_no_answer():
    found = at_energy(ENERGY, PSNR, np.array([0.0999, 0.2, 0.801, np.nan]))
    assert np.isnan(found).all(axis=1).tolist() == [True, False, True, True]
    assert span(ENERGY, PSNR) == (0.1, 0.8)


def test_a_t_that_a_cheaper_one_beats_is_no_support():
    worse = np.vstack([PSNR, [[10.0, 10.0]]])
    assert at(0.3, np.append(ENERGY, 0.3), worse) == pytest.approx(at(0.3))
    assert np.isnan(at(1.0, np.append(ENERGY, 2.0), worse)).all()
    assert span(np.append(ENERGY, 2.0), worse) == (0.1, 0.8)


def test_points_that_have_no_place_are_left_out():
    odd = np.vstack([PSNR, [[np.inf, 40.0]], [[99.0, 99.0]]])
    energy = np.append(ENERGY, [0.9, 0.0])
    assert span(energy, odd) == (0.1, 0.8)
    assert np.isnan(at(0.85, energy, odd)).all()
    assert np.isnan(at(0.5, energy[:0], odd[:0])).all()
    assert np.isnan(span(energy[:0], odd[:0])).all()
