"""Levels from zero and from the least value: ranges by hand, and a channel that never rests."""

import pytest
import torch
from torch import nn

from benchmarks.offsets import Range, filling, least_of, ranges, rounding
from spikebench.snn import Network
from spikebench.snn.calibration.activations import Calibration
from spikebench.snn.graph.forward import run_ann


def test_a_value_goes_to_the_nearest_level_between_least_and_largest():
    range_ = Range(torch.tensor(2.0), torch.tensor(4.0))
    value = torch.tensor([1.0, 2.2, 2.3, 3.9, 5.0])
    assert range_.rounded(value, 4).tolist() == [2.0, 2.0, 2.5, 4.0, 4.0]
    assert range_.filled(value).tolist() == pytest.approx([0, 0.1, 0.15, 0.95, 1])


def test_the_least_value_leaves_out_one_in_a_thousand():
    channel = torch.arange(2001.0).view(1, 1, 3, 667)
    both = torch.cat([channel, channel.flip(-1) + 5], dim=1)
    assert least_of(both).flatten().tolist() == [2, 7]


def network_on_an_offset(offset: float) -> nn.Module:
    """Return a network that carries the image over a hidden channel as `offset` and image."""
    into, out = nn.Conv2d(1, 1, 1), nn.Conv2d(1, 1, 1)
    for conv, bias in ((into, offset), (out, -offset)):
        nn.init.ones_(conv.weight)
        nn.init.constant_(conv.bias, bias)
    return nn.Sequential(into, nn.ReLU(), out)


def errors(offset: float) -> tuple[list[float], list[float]]:
    """Return from zero and from the least value: the largest error, and the share sent."""
    network = Network.of(network_on_an_offset(offset))
    image = torch.rand(4, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    calibration = Calibration.of(network, image)
    worst, sent = [], []
    for from_least in (False, True):
        found = ranges(calibration, network.sites, from_least=from_least)
        restored = run_ann(network.graph, image, activate=rounding(found, 16))
        worst.append(float((restored - image).abs().max()))
        sent.append(filling(calibration, network.sites, found))
    return worst, sent


def test_a_channel_that_rests_has_the_same_levels_either_way():
    (zero, least), (all_of_it, above) = errors(0.0)
    assert least == pytest.approx(zero, abs=2e-3)
    assert above == pytest.approx(all_of_it, abs=2e-3)


def test_an_offset_takes_levels_and_spikes_where_they_count_from_zero():
    (zero, least), (all_of_it, above) = errors(9.0)
    assert zero == pytest.approx(10 / 16 / 2, rel=0.02)  # half a level of 0 to 10
    assert least == pytest.approx(1 / 16 / 2, rel=0.1)  # of 9 to 10
    assert all_of_it == pytest.approx(0.95, abs=0.01)
    assert above == pytest.approx(0.5, abs=0.02)
