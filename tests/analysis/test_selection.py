"""Which T stands for a method."""

from dataclasses import dataclass

import pytest

from spikebench.analysis.selection import DEFAULT, HALF, chosen, selections


@dataclass(frozen=True)
class Point:
    method: str
    timesteps: int
    psnr: float
    energy: float


A1, A2, A4 = Point("a", 1, 20.0, 0.3), Point("a", 2, 25.0, 0.6), Point("a", 4, 26.0, 1.2)
B1, B2 = Point("b", 1, 24.0, 0.9), Point("b", 2, 24.0, 1.1)
ROWS = [A1, A2, A4, B1, B2]
GRID = {selection.key: selection for selection in selections([1, 2, 4])}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (DEFAULT.key, [A2, B1]),
        (HALF.key, [A1]),  # b has no T inside the budget
        ("best", [A4, B1]),  # b is as good at both T: the cheaper one
        ("t2", [A2, B2]),
        ("t4", [A4]),
        ("all", ROWS),
    ],
)
def test_a_rule_chooses(key, expected):
    assert chosen(GRID[key], ROWS) == expected


def test_the_budget_includes_its_bound():
    assert chosen(HALF, [Point("a", 1, 20.0, 0.5)])


def test_the_default_rule_comes_first():
    assert next(iter(GRID)) == DEFAULT.key
