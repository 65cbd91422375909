"""How numbers are written."""

import math

import pytest

from spikebench.report.text import NONE, db, listing, number, p_value, percent, plural, sentence


@pytest.mark.parametrize(
    ("value", "sign", "text"),
    [
        (28.456, False, "28.46"),
        (-0.5, False, "−0.50"),  # noqa: RUF001 a true minus
        (0.25, True, "+0.25"),
        (-0.001, True, "0.00"),
        (0.001, True, "0.00"),
        (None, False, "–"),  # noqa: RUF001 a dash
        (math.nan, False, "–"),  # noqa: RUF001
        (math.inf, False, "∞"),
        (-math.inf, False, "−∞"),  # noqa: RUF001
    ],
)
def test_db(value, sign, text):
    assert db(value, sign=sign) == text


def test_number_keeps_its_decimals():
    assert number(0.5, 4) == "0.5000"


def test_percent_is_whole():
    assert percent(0.456) == "46 %"


@pytest.mark.parametrize(
    ("p", "text"), [(None, NONE), (0.0312, "0.031"), (0.0004, "< 0.001"), (1.0, "1.000")]
)
def test_p_values_have_three_decimals(p, text):
    assert p_value(p) == text


def test_a_sentence_begins_with_a_capital_and_keeps_the_others():
    assert sentence("best T, at most the ANN's energy") == "Best T, at most the ANN's energy"
    assert sentence("") == ""


def test_plural():
    assert [plural(count, "row") for count in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]


@pytest.mark.parametrize(
    ("words", "expected"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_words_are_listed(words, expected):
    assert listing(words) == expected
