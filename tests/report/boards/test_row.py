"""What a line of a table says of itself."""

from dataclasses import replace

import pytest

from spikebench.report.boards.row import Price

PRICE = Price(0.5, 0.8, 1.5, 3.0, 1.0, "ann effective")


@pytest.mark.parametrize(
    ("verdict", "words"),
    [("", "none"), ("ann effective", "ANN, sparse"), ("ann twin", "ANN, quantised")],
)
def test_a_verdict_in_words(verdict, words):
    assert replace(PRICE, verdict=verdict).cheaper_than == words


@pytest.mark.parametrize(
    ("timesteps", "kind", "digits"),
    [(1, "graded", True), (4, "burst", True), (1, "binary", False), (2, "timed", False)],
)
def test_digits_are_what_a_spike_of_a_burst_or_graded_row_has(shown, timesteps, kind, digits):
    row = replace(shown[0].competitors[0], timesteps=timesteps, spike_class=kind)
    assert row.sends_digits is digits
