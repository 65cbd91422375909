"""The lines of the comparisons say what the tables say."""

from dataclasses import replace

import pandas as pd
import pytest

from spikebench.analysis.selection import HALF
from spikebench.report.boards.compared import Paired, compared, standings
from spikebench.report.leaderboard.page import environment


def lines(results, board) -> dict:
    return {line.name: line for line in compared(board, results).lines}


def test_the_methods_stand_in_the_order_of_the_default_rule(results, shown):
    found = compared(shown[0], results)
    assert [line.name for line in found.lines] == ["Greedy", "Greedy, no extra", "Steady"]
    assert [line.best for line in found.lines] == [True, False, False]
    assert (found.reference, found.images, found.seeds, found.tested) == ("Steady", 6, 1, True)


def test_another_selection_has_its_own_tests(results, shown):
    found = {line.name: line for line in compared(shown[0], results, HALF).lines}
    assert (found["Greedy"].timesteps, found["Greedy"].gap.mean) == (4, pytest.approx(-0.5))
    assert found["Greedy"].best and not found["Steady"].best


def test_differences_are_paired_with_the_ann_and_the_best(results, shown):
    found = lines(results, shown[0])
    assert found["Greedy"].gap.mean == pytest.approx(-0.25)  # 2 dB / 8
    assert found["Greedy"].lead is None
    assert found["Steady"].gap.mean == pytest.approx(-1.0)
    assert found["Steady"].lead.mean == pytest.approx(-0.75)
    assert found["Steady"].lead.p == pytest.approx(2 * 2 / 2**6)  # two rows meet the best
    assert found["Steady"].gap.p == pytest.approx(3 * 2 / 2**6)
    assert found["Steady"].gap.seed_sd is None


def test_a_method_without_a_t_inside_the_rule_keeps_its_curve(results, shown):
    rows = [row for row in shown[0].rows if row.method != "steady" or row.timesteps == 0]
    for row in shown[0].rows:
        if row.method == "steady":
            dear = {model: replace(price, ratio=2.0) for model, price in row.prices.items()}
            rows.append(replace(row, prices=dear))
    gone = results.comparisons[results.comparisons["method"] != "steady"]
    found = compared(replace(shown[0], rows=rows), replace(results, comparisons=gone)).lines
    assert [line.name for line in found] == ["Greedy", "Greedy, no extra", "Steady"]
    assert (found[2].timesteps, found[2].gap, found[2].lead, found[2].best) == (
        None, None, None, False,
    )  # fmt: skip
    assert found[2].curve["points"] == 4


def test_nearness_is_the_energy_and_the_t(results, shown):
    found = lines(results, shown[0])
    # 2 dB / T: within 1 dB from T = 2, within 0.5 dB from T = 4, never within 0.1 dB
    targets = found["Greedy"].targets
    assert targets[0] == (None, None)
    assert targets[1] == (pytest.approx(0.6 * 4 * 0.9 / 4.6), 4)
    assert targets[2] == (pytest.approx(0.6 * 2 * 0.9 / 4.6), 2)


def test_a_row_that_is_shown_to_be_equal_is_level_with_the_best_however_small_p(results, shown):
    lead = Paired(-0.0002, -0.0003, -0.0001, 0.001, None, 0.0)
    line = replace(lines(results, shown[0])["Steady"], lead=lead)
    assert lead.distinct and lead.equal and line.level
    assert not replace(line, lead=replace(lead, p_equal=0.05)).level
    assert not replace(line, lead=replace(lead, p_equal=None)).level


@pytest.mark.parametrize(("p", "distinct"), [(None, False), (0.04, True), (0.05, False)])
def test_rows_are_distinct_below_five_percent(p, distinct):
    assert Paired(-0.1, -0.2, -0.05, p, None).distinct is distinct


def test_only_a_test_makes_rows_level(results, shown):
    found = lines(results, shown[0])
    assert [found[name].level for name in found] == [False, True, True]  # p = 0.0625
    few = replace(results, comparisons=results.comparisons.assign(p_holm=None))
    assert not any(line.level for line in lines(few, shown[0]).values())
    clear = replace(results, comparisons=results.comparisons.assign(p_holm=0.01))
    assert not any(line.level for line in lines(clear, shown[0]).values())


def test_the_spread_over_seeds_has_its_own_label():
    entries = environment().get_template("leaderboard/parts.html.j2").module.paired_entries
    once, twice = (Paired(-0.5, -0.6, -0.4, 0.02, spread) for spread in (None, 0.034))
    assert "seeds" not in entries(once, True)
    assert "seeds ± 0.03" in entries(twice, True)
    assert "0.020" in entries(twice, True)
    assert "0.020" not in entries(twice, False)


def test_standings_need_two_boards(results):
    (standing,) = standings(results)  # each task has one board
    assert (standing.title, standing.boards) == ("all tasks", 2)
    assert [(row["rank"], row["name"]) for row in standing.rows] == [
        (1, "Greedy"),
        (2, "Greedy, no extra"),
        (3, "Steady"),
    ]


def test_one_task_alone_has_one_standing(results):
    whole = results.standings[results.standings["scope"] == "all"]
    doubled = pd.concat([whole, whole.assign(scope="denoise")])
    found = standings(replace(results, standings=doubled))
    assert [standing.title for standing in found] == ["all tasks"]


def test_the_standing_over_all_tasks_stands_first_whatever_tasks_are_called(results):
    whole = results.standings[results.standings["scope"] == "all"]
    tasks = [
        whole.assign(scope=scope, boards=boards) for scope, boards in (("aged", 2), ("zoom", 3))
    ]
    three = pd.concat([whole.assign(boards=5), *tasks])
    found = standings(replace(results, standings=three))
    assert [standing.title for standing in found] == ["all tasks", "aged", "zoom"]
