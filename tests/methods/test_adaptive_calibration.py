"""Adaptive Calibration: how many spikes a layer may send in a step."""

from pathlib import Path

import torch

from spikebench.snn import load_method, simulate
from tests.snn.nets import dncnn, image

FILE, T = Path("methods/adaptive_calibration.py"), 4


def patches():
    return image(4, 1, 8, 8, seed=1).float()


def convert(**options):
    return load_method(FILE, options).apply(dncnn(), patches(), (T,))


def caps(network) -> list[int]:
    return [network.neurons[site.name].cap for site in network.sites]


def test_without_adaptation_every_layer_has_the_cap():
    assert caps(convert(adaptive=False, cap=3)) == [3, 3, 3]


def test_a_smaller_budget_leaves_smaller_caps():
    torch.manual_seed(0)
    wide = caps(convert(budget=2.0, largest=5))
    torch.manual_seed(0)
    narrow = caps(convert(budget=0.5, largest=5))
    assert all(1 <= cap <= 5 for cap in wide + narrow)
    assert sum(narrow) < sum(wide)


def test_a_cap_of_one_is_snn_calibration():
    module = dncnn()
    options = {"per_channel": True, "stage": "light"}
    rival = load_method(Path("methods/snn_calibration.py"), options)
    mine = load_method(FILE, {"adaptive": False, "cap": 1})
    runs = [method.apply(module, patches(), (T,)) for method in (mine, rival)]
    a, b = (next(simulate(network, patches(), [T])) for network in runs)
    torch.testing.assert_close(a.output, b.output)
    assert a.spikes == b.spikes
