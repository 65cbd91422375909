"""compare.html: what is said of two rows, against pandas and SciPy; and the page in a browser."""

import re

import numpy as np
import pytest
from scipy.stats import ttest_rel

from spikebench.analysis.statistics import bd_psnr, curve
from spikebench.report import links
from spikebench.report.pages.versus import versus
from tests.report.pages.conftest import HOSTILE

NUMBERS = re.compile(r"[+\N{MINUS SIGN}]?\d+\.\d+")


def said(text: str) -> list[float]:
    return [float(found.replace("\N{MINUS SIGN}", "-")) for found in NUMBERS.findall(text)]


@pytest.fixture
def board(results, shown):
    return versus(shown[0], results)


def of(results, method: str, time: int) -> np.ndarray:
    images = results.images
    mine = images[(images["backbone"] == "denoiser") & (images["method"] == method)]
    return mine[mine["timesteps"] == time].sort_values("image")["psnr"].to_numpy()


def test_methods_stand_at_their_best_t_with_the_psnr_of_each_image(board, results):
    names = [(each["name"], each["T"]) for each in board["methods"]]
    assert names == [("Greedy", 8), ("Greedy, no extra", 8), ("Steady", 8)]
    assert board["images"] == [f"photo{place}" for place in range(6)]
    assert board["methods"][2]["values"] == pytest.approx(of(results, "steady", 8))


def test_a_difference_is_paired_over_the_images(board, results):
    first, second = of(results, "greedy", 8), of(results, "steady", 8)
    mean, low, high = said(board["difference"][0][2])
    assert mean == pytest.approx((first - second).mean(), abs=0.005)
    assert low <= mean <= high
    assert ttest_rel(first, second).pvalue < 0.05
    assert board["difference"][0][2].endswith(", told apart")
    assert board["difference"][1][1] == "0.00 dB [0.00, 0.00], shown to be equal"


def test_at_equal_energy_the_other_row_lies_between_its_t(board, results, shown):
    """Steady at T = 8 costs what Greedy costs between T = 2 and T = 4."""
    rows = {(r.method, r.timesteps): r for r in shown[0].competitors}
    wanted = rows["steady", 8].energy
    ends = [rows["greedy", time].energy for time in (2, 4)]
    assert ends[0] < wanted < ends[1]
    share = np.log(wanted / ends[0]) / np.log(ends[1] / ends[0])
    between = (1 - share) * of(results, "greedy", 2) + share * of(results, "greedy", 4)
    expected = (of(results, "steady", 8) - between).mean()
    assert said(board["equal"][2][0])[0] == pytest.approx(expected, abs=0.005)
    assert board["equal"][0][2].startswith("none: ")  # no T of Steady costs as much as Greedy's
    assert "outside the energies of Steady" in board["equal"][0][2]


def test_the_delta_is_over_the_range_of_the_pair(board, shown):
    def points(method: str):
        rows = [row for row in shown[0].competitors if row.method == method]
        return curve(np.array([r.energy for r in rows]), np.array([r.psnr for r in rows]))

    expected = bd_psnr(points("greedy_plain"), points("greedy"))
    value, low, high = said(board["bd"][0][1])
    assert value == pytest.approx(expected.value, abs=0.005)
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=5e-4)
    share = 100 * bd_psnr(points("steady"), points("greedy")).share
    assert board["bd"][0][2] == f"none: only {share:.0f} % in common"


@pytest.fixture
def page(opened):
    page = opened(links.COMPARE)
    page.locator("#scatter circle").first.wait_for()
    return page


def test_two_rows_are_chosen_shown_and_linked(page, opened, board):
    assert page.locator("#scatter circle").count() == 6
    page.select_option("#one", "steady")
    page.select_option("#other", "greedy")
    assert HOSTILE in page.inner_text("#rows")
    assert page.text_content("#equal") == board["equal"][2][0]
    assert page.text_content("#bd") == board["bd"][2][0]
    images = page.locator("#images tr").all_text_contents()
    assert len(images) == 6
    again = opened(page.url.rsplit("/", 1)[1])
    assert again.text_content("#difference") == board["difference"][2][0]
    page.go_back()
    assert page.input_value("#one") == "steady" and page.input_value("#other") != "greedy"


def test_the_same_crop_is_zoomed_at_one_place_in_all_pictures(page):
    page.locator("#error-one:not(:empty)").wait_for()
    assert "mean" in page.inner_text("#error-other")
    page.locator("#zoom").fill("4")
    pane = page.locator(".pane").first.bounding_box()
    page.mouse.move(pane["x"] + pane["width"] / 4, pane["y"] + pane["height"] / 2)
    shown = page.locator(".pane > *").evaluate_all(
        "nodes => nodes.map((node) => getComputedStyle(node).transform)"
    )
    assert set(shown) == {"matrix(4, 0, 0, 4, 0, 0)"}
    assert page.locator("#panes").evaluate("node => node.style.getPropertyValue('--x')") == "25%"
