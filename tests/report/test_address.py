"""Addresses of views."""

from dataclasses import replace

import pytest

from spikebench.analysis.selection import DEFAULT, EVERY, Selection
from spikebench.report.address import view, worst_of_all


@pytest.mark.parametrize(
    ("selection", "state"),
    [
        (DEFAULT, "view=best&x=100"),
        (Selection("best", "", budget=float("inf")), "view=best&x="),
        (Selection("t4", "", timesteps=4), "view=fixed&t=4"),
        (EVERY, "view=all"),
    ],
)
def test_a_rule_is_a_view(shown, selection, state):
    assert view(shown[0], selection) == f"#set=photos&net=denoiser&{state}"


def test_names_are_escaped(shown):
    part = replace(shown[0], dataset="urban100[20] & more")
    assert view(part, EVERY).startswith("#set=urban100%5B20%5D+%26+more&net=")


def test_another_energy_model_is_named(shown):
    assert view(shown[0], EVERY, "mine") == "#set=photos&net=denoiser&view=all&model=mine"


def test_all_boards_are_asked_for_by_no_set_and_no_network():
    assert worst_of_all(EVERY) == "#set=&net=&sort=-gap&view=all"
