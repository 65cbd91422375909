from pathlib import Path

import torch
from torch import nn

from spikebench.ann.architecture import construct

FILE = Path("backbones/vdsr.py")


def test_a_last_layer_of_zeros_leaves_the_enlargement():
    network = construct(FILE, {"depth": 3, "width": 4}).requires_grad_(False)
    network.last.weight.zero_()
    image = torch.rand(2, 1, 5, 6)
    assert torch.equal(network(image), image)


def test_depth_counts_convolutions_and_each_but_the_last_is_rectified():
    layers = [type(layer) for layer in construct(FILE, {"depth": 5, "width": 4}).modules()]
    kept = [layer for layer in layers if layer in (nn.Conv2d, nn.ReLU)]
    assert kept == [nn.Conv2d, nn.ReLU] * 4 + [nn.Conv2d]


def test_black_stays_black_without_biases():
    network = construct(FILE, {"depth": 4, "width": 4})
    assert not network(torch.zeros(1, 1, 5, 6)).any()
