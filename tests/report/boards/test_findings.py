"""The sentences say what the table says."""

from dataclasses import replace

import pytest

from spikebench.report.boards.findings import below_floor, findings, headline, price, quality, reach
from spikebench.report.boards.of_results import boards


def edited(results, change):
    """Return the boards of a run whose leaderboard was changed in place by `change`."""
    table = results.leaderboard.copy()
    change(table)
    return boards(type(results)(**(vars(results) | {"leaderboard": table})))


def test_three_findings_about_both_tasks(shown, results):
    texts = [finding.text for finding in findings(shown, results.comparisons)]
    assert len(texts) == 3
    assert texts[0].startswith("Denoising, Photos")
    assert texts[1].startswith("Super-resolution, Photos")


def with_p(results, p: float):
    """Return the comparisons with this p in every row, after Holm's correction."""
    return results.comparisons.assign(p_holm=p)


def test_quality_names_the_best_at_half_the_energy(shown, results):
    finding = quality(shown[0], with_p(results, 0.03))
    # 2 dB / 4 at T = 4, for 0.6 * 4 * 0.9 / 4.6 = 0.47 of the energy; 8 dB / 8 is next.
    assert "Greedy at T = 4 comes closest to the ANN: −0.50 dB" in finding.text  # noqa: RUF001
    assert "leads Steady at T = 8 by 0.50 dB [0.50, 0.50], paired over 6 images" in finding.text
    assert finding.text.endswith("(p = 0.030, corrected for 2 comparisons).")
    assert finding.link == "#set=photos&net=denoiser&view=best&x=50"
    assert "(p < 0.001, corrected" in quality(shown[0], with_p(results, 1e-5)).text


def test_quality_does_not_claim_a_lead_that_is_not_there(shown, results):
    # Of one sign on 6 images: p = 2 / 64, twice that for two comparisons.
    text = quality(shown[0], results.comparisons).text
    assert "On 6 images it cannot be told from Steady at T = 8" in text


def test_few_images_decide_nothing(shown, results):
    few = [replace(row, images=4) for row in shown[0].rows]
    text = quality(replace(shown[0], rows=few), results.comparisons).text
    assert text.endswith("4 images cannot tell whether it beats Steady at T = 8.")


def test_quality_without_any_result_says_so(results):
    dear_board = boards(replace(results, prices=results.prices.assign(ratio=2.0)))[0]
    assert "no method has any result" in quality(dear_board, results.comparisons).text
    assert headline(dear_board) == "No method stays within the ANN's energy"


def test_price_names_the_cheapest_that_is_near(results):
    def near(table):
        table.loc[table["method"] == "steady", "gap_db"] = -0.05

    text = price(edited(results, near)[0]).text
    assert "cheapest way to within 0.1 dB of the ANN is Steady at T = 1: 4 % of" in text


def test_a_quantised_ann_in_digits_is_called_so(results):
    def near(table):
        here = (table["method"] == "steady") & (table["timesteps"] == 1)
        table.loc[here, ["gap_db", "spike_class"]] = [-0.05, "graded"]

    board = edited(results, near)[0]
    assert price(board).text.endswith("a quantised ANN whose activations are sent as digits.")
    assert reach(board).endswith("at T = 1, its activations sent as digits")


def test_price_admits_that_none_is_near(shown):
    assert "no method comes within 0.1 dB of the ANN. The closest is Greedy" in price(shown[1]).text


def test_results_below_the_floor_are_counted(shown):
    # On the upscaler, 8 dB and 6 dB below 37 at T = 1 are worse than 33.
    assert below_floor(shown).text.startswith("2 of 24 results are worse")
    assert "(T = 1)" in below_floor(shown).text


def test_no_result_below_the_floor_is_said_too(shown):
    assert below_floor(shown[:1]).text.startswith("All 12 results improve")


@pytest.mark.parametrize("index", [0, 1])
def test_the_headline_is_the_best_row_of_the_default_rule(shown, index):
    assert headline(shown[index]) == "Greedy at T = 8: −0.25 dB at 94 % of the energy"  # noqa: RUF001
