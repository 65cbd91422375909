"""Inputs that nearly are what is expected: bytes with edits, mappings with other values."""

import copy
from typing import Any

from hypothesis import strategies as st

HOSTILE = [
    *(
        "../../etc/passwd",
        "/etc/passwd",
        "a\x00b",
        "\ud7ff",
        "x" * 5000,
        "<script>alert(1)</script>",
    ),
    *("!!python/object/apply:os.system ['true']", "9" * 30, "nan", "2024-99-99", "${HOME}", ""),
    *(None, True, -1, 0, 2**70, 1e308, float("inf"), float("nan"), [], {}, [[]], {"": {}}),
]
VALUES = st.sampled_from(HOSTILE) | st.text(max_size=20) | st.integers() | st.floats()


@st.composite
def edited(draw: st.DrawFn, content: bytes) -> bytes:
    """Draw the bytes with up to three of: a flipped bit, a cut, a doubled or a foreign piece."""
    found = bytearray(content)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(0, len(found) - 1)))
        match draw(st.integers(0, 3)):
            case 0 if found:
                found[place] ^= 1 << draw(st.integers(0, 7))
            case 1:
                del found[place : place + draw(st.integers(1, 1 + len(found)))]
            case 2:
                found[place:place] = found[place : place + 64]
            case 3:
                found[place:place] = draw(st.binary(max_size=16))
    return bytes(found)


@st.composite
def altered(draw: st.DrawFn, data: dict[str, Any]) -> Any:
    """Draw the mapping with one or two of its values, anywhere in it, replaced, lost or renamed."""
    found = copy.deepcopy(data)
    for _ in range(draw(st.integers(1, 2))):
        inner: Any = found
        while True:
            keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            below = isinstance(inner[key], (dict, list)) and inner[key]
            if below and draw(st.booleans()):
                inner = inner[key]
                continue
            match draw(st.integers(0, 2)):
                case 0:
                    inner[key] = copy.deepcopy(draw(VALUES))  # the next edit may go into it
                case 1:
                    del inner[key]
                case 2 if isinstance(inner, dict):
                    inner[draw(st.text(max_size=8))] = inner.pop(key)
            break
    return found
