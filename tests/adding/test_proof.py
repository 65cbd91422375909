import pytest
import torch
from torch import nn

from spikebench.adding.proof import Ability, check_graph, restores, try_out
from spikebench.errors import BenchError
from spikebench.task import Task


class Net(nn.Module):
    """Convolution, ReLU, convolution, with a function before them."""

    def __init__(self, before=lambda image: image, channels: int = 1, factor: int = 1) -> None:
        super().__init__()
        self.before = before
        self.first, self.relu = nn.Conv2d(channels, 4, 3, padding=1), nn.ReLU()
        self.last = nn.Conv2d(4, channels * factor**2, 3, padding=1)
        self.shuffle = nn.PixelShuffle(factor)

    def forward(self, image):
        return self.shuffle(self.last(self.relu(self.first(self.before(image)))))


def even(image):
    half = nn.functional.avg_pool2d(image, 2)
    return nn.functional.interpolate(half, scale_factor=2.0, mode="nearest")


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (Net(), Ability(1, 1, 1)),
        (Net(channels=3), Ability(3, 1, 1)),
        (Net(factor=3), Ability(1, 1, 3)),
        (Net(before=even), Ability(1, 2, 1)),
        (Net(before=lambda image: even(even(image)[..., ::1])), Ability(1, 2, 1)),
    ],
)
def test_what_a_network_can_do_is_seen(network, expected):
    assert try_out(network) == expected


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (nn.Conv2d(2, 2, 1), r"does not run .* RuntimeError"),
        (nn.Conv2d(1, 1, 3), r"of \(1, 1, 64, 64\) it makes \(1, 1, 62, 62\)"),
        (nn.Linear(7, 7), "does not run"),
        (nn.LSTM(64, 64), "does not run"),
    ],
)
def test_a_network_that_restores_no_image_is_refused(network, message):
    with pytest.raises(BenchError, match=message):
        try_out(network, channels=1)


def test_the_places_for_neurons_are_counted():
    assert check_graph(Net().eval(), Ability(1, 1, 1)) == 1


class Drifting(Net):
    """Counts its calls, which the traced graph cannot see."""

    calls = 0

    def forward(self, image):
        Drifting.calls += 1
        return super().forward(image) * Drifting.calls


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (Net(before=lambda image: image.cumsum(2)), "cannot be converted"),
        (Drifting(), "The compiled graph of Drifting differs from the network by"),
        (nn.Sequential(nn.Conv2d(1, 1, 1)), "has no ReLU"),
    ],
)
def test_a_network_that_cannot_be_converted_is_refused(network, message):
    with pytest.raises(BenchError, match=message):
        check_graph(network.eval(), Ability(1, 1, 1))


def test_the_identity_restores_nothing_and_zero_less(root):
    task = Task(kind="denoise", channels="grey", sigma=25, protocol="grey_float")
    before, after = restores(nn.Identity(), task, Ability(1, 1, 1), root)
    assert before == after == pytest.approx(20.2, abs=0.5)  # 20 log10(255 / 25), a little clipped
    assert restores(lambda image: image * torch.nan, task, Ability(1, 1, 1), root)[1] == -torch.inf
