"""Which rows ran where, computed again from images.parquet with pandas alone."""

from dataclasses import replace

from spikebench.report.boards.coverage import NOT_RUN, REFUSED, coverage
from spikebench.report.boards.of_results import boards


def test_the_matrix_says_at_which_t_each_row_ran(results, shown):
    found = coverage(results, shown)
    images = results.images[results.images["family"] != "reference"]
    spans = images.groupby(["method", "dataset", "backbone"])["timesteps"].agg(["min", "max"])
    for line in found.lines:
        for board, cell in zip(shown, line.cells, strict=True):
            first, last = spans.loc[line.method, board.dataset, board.backbone]
            assert cell == f"T = {first} to {last}"
        assert line.boards == 2
    assert [line.method for line in found.lines] == ["steady", "greedy", "greedy_plain"]
    assert found.summary.startswith("Of 3 rows 3 ran on every board: 3 on Photos · Denoiser and 3")


def test_what_was_not_run_is_told_from_what_refused(results):
    """The made-up run has a refusal of greedy on the upscaler; steady is taken from it as well."""
    table = results.leaderboard
    gone = (table["backbone"] == "upscaler") & table["method"].isin(["greedy", "steady"])
    one_t = (table["method"] == "greedy_plain") & (table["timesteps"] > 1)
    fewer = replace(results, leaderboard=table[~gone & ~one_t])
    found = {line.method: line for line in coverage(fewer, boards(fewer)).lines}
    assert found["greedy"].cells[1] == REFUSED
    assert found["steady"].cells[1] == NOT_RUN
    assert found["greedy_plain"].cells == ["T = 1", "T = 1"]
    assert [found[name].boards for name in ("steady", "greedy_plain")] == [1, 2]
    assert coverage(fewer, boards(fewer)).summary.startswith("Of 3 rows 1 ran on every board")
