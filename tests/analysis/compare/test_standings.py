"""Standings over boards, by order alone."""

from spikebench.analysis.compare.board import boards
from spikebench.analysis.compare.standings import standings
from tests.analysis.compare.conftest import Run, scored


def standing(run: Run, scope: str, rule: str = "t4") -> dict[str, tuple]:
    rows = standings(list(boards(run.images, run.leaderboard, run.prices)), (4, 16))
    mine = [row for row in rows if (row["scope"], row["rule"]) == (scope, rule)]
    return {row["method"]: (row["rank"], row["points"], row["boards_ranked"]) for row in mine}


def test_the_order_on_each_board_counts_and_the_decibels_do_not():
    run = Run(
        *scored("a", [29.0]), *scored("b", [28.9]), *scored("c", [28.8]),
        *scored("a", [31.0], dataset="two"), *scored("b", [31.1], dataset="two"),
        *scored("c", [40.0], dataset="two"),
    )  # fmt: skip
    # a: 2 + 0, b: 1 + 1, c: 0 + 2; the mean of the two sets would put c first
    assert standing(run, "all") == {"a": (1, 2.0, 2), "b": (1, 2.0, 2), "c": (1, 2.0, 2)}


def test_a_task_has_a_standing_of_its_own():
    run = Run(
        *scored("a", [29.0]), *scored("b", [28.0]),
        *scored("a", [30.0], dataset="two", task="derain"),
        *scored("b", [31.0], dataset="two", task="derain"),
    )  # fmt: skip
    assert standing(run, "denoise") == {"a": (1, 1.0, 1), "b": (2, 0.0, 1)}
    assert standing(run, "derain") == {"b": (1, 1.0, 1), "a": (2, 0.0, 1)}
    assert standing(run, "all") == {"a": (1, 1.0, 2), "b": (1, 1.0, 2)}


def test_boards_of_hybrid_networks_stand_apart():
    run = Run(
        *scored("a", [29.0]), *scored("b", [28.0]),
        *scored("a", [30.0], backbone="gated"), *scored("b", [31.0], backbone="gated"),
    )  # fmt: skip
    run.leaderboard.loc[run.leaderboard["backbone"] == "gated", "analogue_share"] = 0.02
    assert standing(run, "hybrid") == {"b": (1, 1.0, 1), "a": (2, 0.0, 1)}
    for scope in ("denoise", "all"):
        assert standing(run, scope) == {"a": (1, 1.0, 1), "b": (2, 0.0, 1)}


def test_who_has_no_row_is_beaten():
    run = Run(*scored("a", [29.0]), *scored("b", [20.0], timesteps=16))
    assert standing(run, "all", rule="e100") == {"a": (1, 1.0, 1), "b": (2, 0.0, 0)}  # 1.6 > 1
    assert standing(run, "all", rule="best") == {"a": (1, 1.0, 1), "b": (2, 0.0, 1)}


def test_what_was_not_run_is_neither_won_nor_lost():
    run = Run(
        *scored("a", [29.0]), *scored("b", [28.0]), *scored("c", [40.0]),
        *scored("a", [30.0], dataset="two"), *scored("b", [31.0], dataset="two"),
    )  # fmt: skip
    # c would lead on the one board that it ran on; a and b have one win each
    assert standing(run, "all") == {"a": (1, 1.0, 2), "b": (1, 1.0, 2), "c": (None, None, 1)}
    rows = standings(list(boards(*frames(run))), (4,))
    assert {row["method"]: row["boards_run"] for row in rows} == {"a": 2, "b": 2, "c": 1}
    last = [row["method"] for row in rows if (row["scope"], row["rule"]) == ("all", "t4")]
    assert last == ["a", "b", "c"]


def test_a_share_is_of_the_points_possible():
    run = Run(*scored("a", [29.0]), *scored("b", [28.0]), *scored("c", [27.0]))
    rows = standings(list(boards(run.images, run.leaderboard, run.prices)), (4,))
    mine = [row for row in rows if (row["scope"], row["rule"]) == ("all", "t4")]
    assert [row["share"] for row in mine] == [1.0, 0.5, 0.0]
    alone = standings(list(boards(*frames(Run(*scored("a", [29.0]))))), (4,))
    assert {row["share"] for row in alone} == {None}


def frames(run: Run):
    return run.images, run.leaderboard, run.prices


def test_every_t_at_once_has_no_standing():
    run = Run(*scored("a", [29.0]), *scored("b", [28.0]))
    rules = {row["rule"] for row in standings(list(boards(*frames(run))), (4,))}
    assert rules == {"e100", "e50", "best", "t4"}
