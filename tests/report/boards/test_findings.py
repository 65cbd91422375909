"""The sentences say what the table says."""

from dataclasses import replace

import numpy as np

from spikebench.report.boards.findings import (
    below_floor,
    findings,
    headline,
    quality,
    reach,
    reversal,
)
from spikebench.report.boards.of_results import boards


def edited(results, change):
    """Return the boards of a run whose leaderboard was changed in place by `change`."""
    table = results.leaderboard.copy()
    change(table)
    return boards(type(results)(**(vars(results) | {"leaderboard": table})))


def near(table):
    table.loc[table["method"] == "steady", "gap_db"] = -0.05


def test_the_first_of_three_findings_is_what_hangs_on_the_energy_model(shown, results):
    texts = [finding.text for finding in findings(shown, results.comparisons)]
    assert len(texts) == 3
    assert texts[0] == reversal(shown[0]).text
    assert texts[0].startswith("Denoising, Photos")


def with_p(results, p: float):
    """Return the comparisons with this p in every row, after Holm's correction."""
    return results.comparisons.assign(p_holm=p)


def test_quality_names_the_best_at_half_the_energy(shown, results):
    finding = quality(shown[0], with_p(results, 0.03))
    # 2 dB / 4 at T = 4, for 0.6 * 4 * 0.9 / 4.6 = 0.47 of the energy; 8 dB / 8 is next.
    assert "Greedy at T = 4 restores best: −0.50 dB" in finding.text  # noqa: RUF001
    assert "leads Steady at T = 8 by 0.50 dB [0.50, 0.50], paired over 6 images" in finding.text
    assert finding.text.endswith("(p = 0.030, corrected for 2 comparisons).")
    assert finding.link == "#set=photos&net=denoiser&view=best&x=50"
    assert "(p < 0.001, corrected" in quality(shown[0], with_p(results, 1e-5)).text


def test_findings_are_of_the_model_that_is_asked_for(shown):
    """Under Lemaire's model other rows fit into half of the energy, at other shares of it."""
    model = "lemaire_int32"
    here = [board.under(model) for board in shown]
    _, restored, _ = findings(here, None, model)
    fitting = [r for r in shown[0].competitors if r.prices[model].ratio <= 0.5]
    best = max(fitting, key=lambda row: row.psnr)
    share = f"{best.prices[model].ratio * 100:.0f} % of its energy."
    assert f"{best.name} at T = {best.timesteps} restores best" in restored.text
    assert share in restored.text
    assert restored.link.endswith(f"&view=best&x=50&model={model}")


def test_under_another_model_the_lead_is_told_by_the_tests_of_ranks(shown):
    """Greedy, no extra is 0.5 dB below Greedy on every image; then it is moved."""
    board = shown[0]
    rows = [row for row in board.competitors if row.method != "steady" and row.timesteps == 2]
    texts = {}
    for name, values in {
        "apart": [27.5, 27.6, 27.72, 27.8, 27.88, 28.0],
        "equal": [28.001, 28.1, 28.201, 28.301, 28.401, 28.501],
        "untold": [28.0, 28.9, 27.0, 29.0, 28.1, 28.4],
    }.items():
        moved = [
            replace(row, per_image=np.array(values)) if row.method == "greedy_plain" else row
            for row in rows
        ]
        texts[name] = quality(replace(board, rows=moved), None).text
    assert "A t-test on 6 images tells it from Greedy, no extra at T = 2" in texts["apart"]
    assert "Within 0.05 dB it is equal to Greedy, no extra at T = 2, on 6" in texts["equal"]
    assert "On 6 images it cannot be told from Greedy, no extra at T = 2" in texts["untold"]


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


def test_the_reversal_counts_the_models_under_which_the_cheapest_row_costs_more(results):
    """Steady at T = 1 sends 0.2 spikes a neuron: 0.2 * 0.9 / 4.6 of the ANN's MACs."""
    dear = results.prices["energy_model"].isin(["lemaire_int32", "movement_22nm"])
    prices = results.prices.assign(ratio=results.prices["ratio"].mask(dear, 2.5))
    found = reversal(edited(replace(results, prices=prices), near)[0])
    assert "within 0.1 dB of the ANN is that of Steady at T = 1, 4 % of the ANN's" in found.text
    assert found.text.endswith(
        "Under the 4 energy models here it is 3 % to 250 %, above the ANN's under 2 of them."
    )


def test_a_row_that_every_model_finds_cheap_is_said_to_be(results):
    cheap = replace(results, prices=results.prices.assign(ratio=0.5))
    assert reversal(edited(cheap, near)[0]).text.endswith("it is 50 %, always below the ANN's.")


def test_a_quantised_ann_in_digits_is_called_so(results):
    def near(table):
        here = (table["method"] == "steady") & (table["timesteps"] == 1)
        table.loc[here, ["gap_db", "spike_class"]] = [-0.05, "graded"]

    board = edited(results, near)[0]
    assert reversal(board).text.endswith("a quantised ANN whose activations are sent as digits.")
    assert reach(board).endswith("at T = 1, in spikes of several digits")


def test_without_a_near_row_there_is_nothing_to_reverse(shown):
    assert reversal(shown[1]).text.endswith("no method comes within 0.1 dB of the ANN.")


def test_results_below_the_floor_are_counted(shown):
    # On the upscaler, 8 dB and 6 dB below 37 at T = 1 are worse than 33.
    assert below_floor(shown).text.startswith("2 of 24 results are worse")
    assert "(T = 1)" in below_floor(shown).text


def test_no_result_below_the_floor_is_said_too(shown):
    assert below_floor(shown[:1]).text.startswith("All 12 results improve")


def test_the_headline_is_what_each_kind_of_spikes_needs(shown, results):
    assert headline(shown[0]) == "No spikes of any kind come within 0.1 dB of the ANN"

    def of_two_kinds(table):
        near(table)
        table.loc[table["method"] == "steady", "spike_class"] = "graded"

    found = headline(edited(results, of_two_kinds)[0])
    assert found == "Within 0.1 dB of the ANN: graded 4 % of its energy; binary not reached"
