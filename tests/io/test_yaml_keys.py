"""A key that stands twice in a mapping is found, whatever is around it."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from spikebench.io.yaml_keys import repeated_keys


def found(text: str) -> list[tuple[str, list[int]]]:
    loader = yaml.SafeLoader(text)
    root = loader.get_single_node()
    assert root is not None
    return [(".".join(map(str, k.location)), k.lines) for k in repeated_keys(loader, root)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a: 1\nb: 2\na: 3\n", [("a", [1, 3])], id="at the top"),
        pytest.param("a:\n  b: 1\n  b: 1\n", [("a.b", [2, 3])], id="of equal values"),
        pytest.param("{a: 1, a: 2}", [("a", [1, 1])], id="in one line"),
        pytest.param("a: 1\n'a': 2\n", [("a", [1, 2])], id="with and without quotes"),
        pytest.param("- x\n- a: 1\n  a: 2\n", [("1.a", [2, 3])], id="in a list"),
        pytest.param("a: 1\na: 2\na: 3\n", [("a", [1, 2, 3])], id="three times"),
        pytest.param("a: 1\nb: {c: 1, c: 2}\na: 2\n", [("a", [1, 3]), ("b.c", [2, 2])], id="two"),
        pytest.param("1: a\n0x1: b\n", [("1", [1, 2])], id="one number written in two ways"),
        pytest.param("yes: a\ntrue: b\n", [("yes", [1, 2])], id="true written in two ways"),
        pytest.param("a: &x {b: 1, b: 2}\nc: *x\n", [("a.b", [1, 1])], id="an alias, once"),
        pytest.param("a: &x {b: 1}\nc:\n  <<: *x\n  <<: *x\n", [("c.<<", [3, 4])], id="two merges"),
    ],
)
def test_what_stands_twice(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: {b: 1}\nc: {b: 1}\n", id="in two mappings"),
        pytest.param("- {a: 1}\n- {a: 1}\n", id="in two entries of a list"),
        pytest.param("1: a\n'1': b\n", id="a number and a text"),
        pytest.param("a: &x {b: 1}\nc:\n  <<: *x\n  b: 2\n", id="a merged key given anew"),
        pytest.param("&x {a: *x}\n", id="a mapping that holds itself"),
        pytest.param("{=: 1}", id="YAML's sign for a value"),
        pytest.param("[a, a]", id="a list may hold a value twice"),
    ],
)
def test_what_does_not(text):
    assert found(text) == []


@given(st.lists(st.sampled_from(["a", "b", "c", "1", "01", "yes", "no", "~", "1.0"]), min_size=1))
def test_nothing_is_lost_where_nothing_is_found(keys):
    """Oracle: the mapping that PyYAML builds has as many keys as the text has lines."""
    text = "".join(f"{key}: x\n" for key in keys)
    repeated = found(text)
    lost = sum(len(lines) - 1 for _, lines in repeated)
    assert len(yaml.safe_load(text)) == len(keys) - lost
