"""The learning curve on a method's page."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from spikebench.report.boards.columns import columns
from spikebench.report.boards.of_results import boards
from spikebench.report.pages.methods import method_pages
from spikebench.report.pages.training import trainings
from spikebench.results.columns.training import TRAINING

GAPS = {0: -1.25, 500: -0.5, 1000: -0.25, 1500: -0.3}
KEPT = 1000


def curve(backbone: str, gaps: dict[int, float], target: float | None = None) -> pd.DataFrame:
    rows = [
        dict.fromkeys(TRAINING.names)
        | {"backbone": backbone, "recipe": "brief", "step": step, "images": 4 * step}
        | {"gap_db": gap, "energy": 0.5 - step / 1e4, "energy_target": target}
        | {"kept": step == KEPT, "state_sha256": "5" * 64}
        for step, gap in gaps.items()
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def trained(results):
    """The made-up run, whose row `steady` was trained on both networks, on one without a curve."""
    tuned = results.methods["method"] == "steady"
    options = results.methods["options"].mask(tuned, json.dumps({"tuned": "brief"}))
    curves = [curve("denoiser", GAPS, 0.45), curve("upscaler", {KEPT: -0.1})]
    methods = results.methods.assign(options=options)
    return replace(results, methods=methods, training=pd.concat(curves, ignore_index=True))


def test_a_row_says_how_long_it_was_trained(trained):
    first, second = trainings("steady", trained)
    assert (first["backbone"], first["recipe"]) == ("denoiser", "brief")
    assert (first["steps"], first["last"], first["images"]) == ("1,000", "1,500", "4,000")
    assert (first["gap"], first["energy"]) == ("\N{MINUS SIGN}0.25", "0.400")
    assert len(first["drawings"]) == 2
    assert second["steps"] == second["last"] and second["drawings"] == []


def test_an_untrained_row_has_no_curve(trained, results):
    assert trainings("greedy", trained) == trainings("steady", results) == []


def test_a_drawing_has_a_point_for_every_evaluation_where_it_belongs(trained):
    gap, energy = trainings("steady", trained)[0]["drawings"]
    (path,) = re.findall(r'class="own" d="M([^"]+)"', gap)
    points = [tuple(map(float, point.split())) for point in path.split("L")]
    (kept,) = re.findall(r'circle class="own" cx="([\d.]+)" cy="([\d.]+)"', gap)
    assert tuple(map(float, kept)) == points[list(GAPS).index(KEPT)]
    (zero,) = re.findall(r'class="level" d="M44 ([\d.]+)H', gap)
    heights = [
        (y - float(zero)) / gap_db for (_, y), gap_db in zip(points, GAPS.values(), strict=True)
    ]
    assert max(heights) == pytest.approx(min(heights), rel=0.01)  # pixels for each dB, downwards
    steps = [(x - points[0][0]) / step for (x, _), step in list(zip(points, GAPS, strict=True))[1:]]
    assert max(steps) == pytest.approx(min(steps), rel=0.01)
    assert "target" in energy and "ANN</text>" in gap
    assert "-0.250 at step 1,000" in gap


def test_the_page_of_the_method_shows_it(trained):
    pages = dict(method_pages(trained, boards(trained)))
    page = pages["methods/steady.html"]
    assert page.count('<figure class="learnt">') == 2
    assert "1,000 steps (of 1,500 that were trained) on 4,000 patches" in " ".join(page.split())
    assert "The state came without its curve." in page
    assert 'id="training"' not in pages["methods/greedy.html"]


def test_the_leaderboard_offers_the_steps_of_training_where_a_row_has_some(trained, results):
    assert "training" in [column.key for column in columns(trained)]
    assert "training" not in [column.key for column in columns(results)]
    steps = {(row.method, row.value("step")) for row in boards(trained)[0].rows if row.timesteps}
    assert ("steady", KEPT) in steps
    assert all(value != value for method, value in steps if method != "steady")
