"""What may be compared, and what is refused."""

import math

import pytest

from spikebench.analysis.compare.board import boards
from spikebench.errors import BenchError
from tests.analysis.compare.conftest import Run, scored


def only(run: Run):
    (board,) = boards(run.images, run.leaderboard, run.prices)
    return board


def test_a_board_holds_the_competitors_of_one_set_and_network():
    run = Run(
        *scored("a", [28.0, 29.0]),
        *scored("ann", [30.0, 31.0], family="reference", timesteps=0),
        *scored("a", [30.0], dataset="other"),
    )
    found = {
        (board.dataset, board.backbone): board
        for board in boards(run.images, run.leaderboard, run.prices)
    }
    assert set(found) == {("set", "net"), ("other", "net")}
    board = found["set", "net"]
    assert [(p.method, p.timesteps, p.psnr, p.energy) for p in board.points] == [
        ("a", 4, 28.5, 0.4)
    ]
    assert board.psnr["a", 4].tolist() == [[28.0, 29.0]]
    assert board.ann["a", 4].tolist() == [[30.0, 30.0]]


def test_references_alone_make_no_board():
    run = Run(*scored("ann", [30.0], family="reference", timesteps=0))
    assert list(boards(run.images, run.leaderboard, run.prices)) == []


@pytest.mark.parametrize(
    ("column", "values"), [("protocol", "grey_float, y_uint8"), ("task", "denoise, derain")]
)
def test_two_protocols_on_a_board_are_refused(column, values):
    other = values.split(", ")[1]
    run = Run(*scored("a", [28.0, 29.0]), *scored("b", [38.0, 39.0], **{column: other}))
    message = rf"\(set, net\) have 2 values of `{column}`: {values}"
    with pytest.raises(BenchError, match=message):
        list(boards(run.images, run.leaderboard, run.prices))


def test_rows_of_different_images_are_refused():
    run = Run(*scored("a", [28.0, 29.0]), *scored("b", [28.0]))
    with pytest.raises(BenchError, match=r"b at T = 4, seed 0, lacks images"):
        list(boards(run.images, run.leaderboard, run.prices))


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_an_image_without_a_finite_psnr_in_one_row_is_left_out_for_all(value):
    run = Run(*scored("a", [value, 30.0, 31.0]), *scored("b", [28.0, 29.0, 28.0]))
    board = only(run)
    assert board.psnr["a", 4].tolist() == [[30.0, 31.0]]
    assert board.psnr["b", 4].tolist() == [[29.0, 28.0]]
    assert board.ann["a", 4].tolist() == board.ann["b", 4].tolist() == [[30.0, 30.0]]


def test_a_row_that_lacks_an_image_that_is_left_out_is_refused_all_the_same():
    run = Run(*scored("a", [28.0, 29.0, math.inf]), *scored("b", [28.0, 29.0]))
    with pytest.raises(BenchError, match=r"b at T = 4, seed 0, lacks images"):
        list(boards(run.images, run.leaderboard, run.prices))
