"""What a method's option may be, in words, and what is said of any other value."""

import math
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from spikebench.errors import BenchError
from spikebench.options.check import accepted, in_words
from spikebench.options.ranges import (
    BurstSize,
    Count,
    Levels,
    Percentile,
    Positive,
    Potential,
    Share,
)


class Own:
    """A type without a schema."""


RANGES = {
    "percentile": (Percentile, lambda value: 0 < value <= 100),
    "share": (Share, lambda value: 0 <= value <= 1),
    "positive": (Positive, lambda value: value > 0),
    "potential": (Potential, lambda value: -1 <= value <= 1),
    "count": (Count, lambda value: value >= 1),
    "levels": (Levels, lambda value: 1 <= value <= 16),
    "burst": (BurstSize, lambda value: 1 <= value <= 127),
}
KNOWN = {name: hint for name, (hint, _) in RANGES.items()} | {"plain": float}
REALS = ("percentile", "share", "positive", "potential")


def taken(option: str, value: Any, **known: Any) -> Any:
    return accepted("mine", option, value, KNOWN | known, {"old": "new"})


edges = st.sampled_from([-1.0, 0.0, 1.0, 16.0, 17.0, 100.0, 101.0, 127.0, 128.0])


@pytest.mark.parametrize("option", RANGES)
@given(value=edges | st.floats(-1e6, 1e6) | st.integers(-300, 300))
def test_a_number_is_taken_where_it_is_in_range(option, value):
    allowed = RANGES[option][1](value) and (option in REALS or isinstance(value, int))
    if allowed:
        assert taken(option, value) == value
    else:
        with pytest.raises(BenchError, match=rf"option '{option}': expected a .*number"):
            taken(option, value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "1.0", True, None, [1.0]])
@pytest.mark.parametrize("option", [*REALS, "plain"])
def test_what_is_no_finite_number_is_refused(option, value):
    with pytest.raises(BenchError, match=rf"'mine', option '{option}': expected a number"):
        taken(option, value)


def test_a_list_is_taken_as_a_tuple():
    assert taken("steps", [1, 2], steps=tuple[int, ...]) == (1, 2)


def test_unknown_and_renamed_options():
    with pytest.raises(BenchError, match=r"Method 'mine' has no option 'x'\. Its options are: "):
        taken("x", 1)
    with pytest.raises(BenchError, match="a value of the type Own"):
        taken("own", 1, own=Own)
    with pytest.raises(BenchError, match="the option 'old' is now new"):
        taken("old", 1)


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (Percentile, "a number above 0 and at most 100"),
        (Potential, "a number from -1 to 1"),
        (Positive, "a number above 0"),
        (Count, "a whole number at least 1"),
        (BurstSize, "a whole number from 1 to 127"),
        (Annotated[int, Field(gt=0, multiple_of=2)], "a whole number above 0 and a multiple of 2"),
        (Literal["light", "potential"], "one of light, potential"),
        (Literal[3], "3"),
        (bool, "true or false"),
        (str, "a text"),
        (int | None, "a whole number or null"),
        (tuple[int, ...], "a list"),
        (Any, "any value"),
        (Path, "a text"),
        (Own, "Own"),
    ],
)
def test_a_type_in_words(hint, words):
    assert in_words(hint) == words
