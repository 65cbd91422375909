"""Charts as PDF."""

import re
from dataclasses import replace

import pytest

from spikebench.report.charts.figures import charts, pdf, write_figures


@pytest.fixture(scope="module")
def figures(results, shown, tmp_path_factory):
    """The figures of the first board, by name."""
    folder = tmp_path_factory.mktemp("figures")
    write_figures(results, shown[:1], folder)
    return {file.stem: file.read_bytes() for file in folder.iterdir()}


def test_every_chart_of_a_board_is_a_pdf_of_one_page(figures):
    assert {name.split("-")[0] for name in figures} == {
        "entropy_against_timesteps",
        "gap_against_energy",
        "loss_against_timesteps",
        "psnr_against_timesteps",
        "ranking_over_models",
        "rate_per_layer",
    }
    for drawn in figures.values():
        assert drawn.startswith(b"%PDF-") and drawn.rstrip().endswith(b"%%EOF")
        assert len(re.findall(rb"/Type /Page\b", drawn)) == 1
        assert b"/CreationDate" not in drawn


def test_a_chart_drawn_again_has_the_same_bytes(figures, results, shown):
    name, chart = next(charts(results, shown))
    assert pdf(chart) == figures[name]


def test_the_objects_of_a_pdf_lie_where_its_table_says(figures):
    for drawn in figures.values():
        start = int(re.search(rb"startxref\s+(\d+)", drawn)[1])
        offsets = re.findall(rb"^(\d{10}) \d{5} n", drawn[start:], re.MULTILINE)
        assert offsets
        for number, offset in enumerate(map(int, offsets), 1):
            assert re.match(rb"\d+ 0 obj", drawn[offset:]), number


def test_a_part_of_a_set_gives_a_plain_file_name(results, shown):
    board = replace(shown[0], dataset="urban100[20]")
    names = [name for name, _ in charts(results, [board])]
    assert names[0] == "gap_against_energy-urban100_20-denoiser"
