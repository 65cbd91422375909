"""A run with a flat image: what its pages say, against means taken by hand."""

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spikebench.report.boards.of_results import boards
from spikebench.report.leaderboard.page import render
from spikebench.report.pages.methods import method_pages
from spikebench.report.pages.networks import network_pages
from spikebench.report.results import Results
from spikebench.report.tables import write_tables
from tests.report.made_up import rank_run

FLAT = "photo2"


def undefined(folder: Path, copy: Path, images: list[str]) -> Results:
    """Return the made-up run, where the denoiser's network restores some images to the last bit."""
    shutil.copytree(folder, copy)
    table = pd.read_parquet(copy / "images.parquet")
    flat = (table["backbone"] == "denoiser") & table["image"].isin(images)
    table.loc[flat, "psnr_ann"] = np.inf
    exact = table["method"].isin(["ann", "greedy"]) & (table["timesteps"] != 1)
    table.loc[flat & exact, "psnr"] = np.inf
    table.to_parquet(copy / "images.parquet", index=False)
    rank_run(copy)
    return Results.read(copy)


@pytest.fixture(scope="module")
def flat(folder, tmp_path_factory) -> Results:
    return undefined(folder, tmp_path_factory.mktemp("flat") / "run", [FLAT])


@pytest.fixture(scope="module")
def page(flat) -> str:
    return render(flat, boards(flat))


def mean(results: Results, method: str, timesteps: int, column: str = "psnr") -> float:
    """Return a mean of the denoiser's board by hand, without the flat image."""
    found = [
        getattr(row, column)
        for row in results.images.itertuples()
        if (row.backbone, row.method, row.timesteps) == ("denoiser", method, timesteps)
        and row.image != FLAT
    ]
    assert len(found) == 5
    return sum(found) / 5


def test_the_page_names_the_images_left_out_of_their_board(page):
    (said,) = re.findall(r'<div class="notes" id="left-out">.*?</div>', page, re.DOTALL)
    (item,) = re.findall(r"<li>(.*?)</li>", said)
    assert item == "Photos · Denoiser: 1 of 6 images, <code>photo2</code>"
    assert "6 images, 1 left out of PSNR, x; ANN" in page


def test_a_run_of_finite_images_names_none(results, shown):
    html = render(results, shown)
    assert "left-out" not in html and "left out of PSNR" not in html


def test_the_table_has_the_means_of_the_other_images(flat, page):
    shown = re.findall(r'class="psnr n"><span>(.*?)</span>', page)
    for method, timesteps in [("greedy", 8), ("ann", 0), ("input", 0)]:
        assert f"{mean(flat, method, timesteps):.2f}" in shown
    assert "∞" not in page
    denoiser, upscaler = boards(flat)
    assert denoiser.ceiling == pytest.approx(mean(flat, "ann", 0, "psnr_ann"))
    assert (denoiser.images, denoiser.compared, denoiser.left_out) == (6, 5, (FLAT,))
    assert (upscaler.images, upscaler.compared, upscaler.left_out) == (6, 6, ())


def test_comparisons_count_the_images_that_are_left(page, flat):
    five = flat.comparisons[flat.comparisons["backbone"] == "denoiser"]
    assert set(five["images"]) == {5} and five["p"].isna().all()  # fewer than six have none
    assert "5 images cannot tell whether it beats" in page


def test_the_pages_of_methods_keep_every_images_own_value(flat):
    html = dict(method_pages(flat, boards(flat)))["methods/greedy.html"]
    (row,) = re.findall(rf'<tr><th scope="row">{FLAT}</th>(.*?)</tr>', html)[:1]
    assert row.count("∞") == 4  # the ANN, and T = 2, 4, 8
    assert "not finite there: photo2." in html


def test_the_pages_of_networks_count_them(flat):
    html = dict(network_pages(flat, boards(flat)))["backbones/denoiser.html"]
    assert "6 <small>1 left out of PSNR</small>" in html


def test_the_tables_for_papers_count_them(flat, tmp_path):
    write_tables(flat, boards(flat), tmp_path)
    assert "6 images, 1 left out of PSNR" in (tmp_path / "ranking.md").read_text()
    table = pd.read_csv(tmp_path / "leaderboard.csv", comment="#")
    assert dict(table.groupby("backbone")["images_left_out"].max()) == {
        "denoiser": 1,
        "upscaler": 0,
    }


def test_a_board_without_any_finite_image_is_shown_without_ranks_or_claims(folder, tmp_path):
    results = undefined(folder, tmp_path / "run", [f"photo{i}" for i in range(6)])
    shown = boards(results)
    html = render(results, shown)
    assert "6 images, 6 left out of PSNR" in html
    assert "No row has a finite PSNR on any image" in html
    assert (
        "Denoising, Photos · Denoiser: at no more than half of the ANN&#39;s energy, no method"
        in (html)
    )
    ranks = re.findall(r'<td class="rank">(.*?)</td>', html)
    assert ranks and set(ranks) == {""}
    standing = results.standings[results.standings["scope"] == "denoise"]
    assert set(standing["boards_ranked"]) == {0} and (standing["points"] >= 0).all()
    list(method_pages(results, shown))
    list(network_pages(results, shown))
    write_tables(results, shown, tmp_path / "tables")
