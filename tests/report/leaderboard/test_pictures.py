"""The crops of the comparison."""

import base64

from spikebench.report.leaderboard.pictures import comparison


def test_references_come_first_then_the_methods_best_first(shown, results):
    found = comparison(shown[0], results.pictures)
    keys = [picture.key for picture in found.pictures]
    assert keys == ["input", "ann", "target", "greedy", "greedy_plain", "steady"]
    assert found.image == "photo0"


def test_a_method_shows_the_t_it_is_ranked_with(shown, results):
    found = {picture.key: picture for picture in comparison(shown[0], results.pictures).pictures}
    assert found["steady"].caption == "Steady, T = 8 (28.25 dB over the set)"
    table = results.pictures
    row = table[
        (table["backbone"] == "denoiser")
        & (table["method"] == "steady")
        & (table["timesteps"] == 8)
    ]
    uri = found["steady"].uri.removeprefix("data:image/webp;base64,")
    assert base64.b64decode(uri) == row["webp"].item()


def test_a_row_of_a_run_without_crops_is_left_out(shown, results):
    without = results.pictures[results.pictures["method"] != "greedy"]
    keys = [picture.key for picture in comparison(shown[0], without).pictures]
    assert keys == ["input", "ann", "target", "greedy_plain", "steady"]
