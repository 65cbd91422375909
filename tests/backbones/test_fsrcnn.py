from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import conv2d, conv_transpose2d, prelu

from spikebench.ann.architecture import construct

FILE = Path("backbones/fsrcnn.py")


def network(**options) -> nn.Module:
    chosen = {"scale": 2, "features": 6, "shrunk": 3, "mappings": 2} | options
    return construct(FILE, chosen).requires_grad_(False)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_output_is_scale_times_the_input(scale):
    assert network(scale=scale)(torch.rand(2, 1, 5, 4)).shape == (2, 1, 5 * scale, 4 * scale)


@pytest.mark.parametrize(("options", "weights"), [((56, 12, 4), 12464), ((32, 5, 1), 3937)])
def test_weights_are_as_many_as_in_the_paper(options, weights):
    """Table 1 of the paper, 12464, and its FSRCNN-s; neither counts biases and slopes."""
    net = network(**dict(zip(("features", "shrunk", "mappings"), options, strict=True)))
    assert sum(p.numel() for p in net.parameters() if p.dim() == 4) == weights


def test_it_extracts_shrinks_maps_expands_and_enlarges():
    net, image = network(), torch.rand(1, 1, 6, 5)
    for slope in (p for name, p in net.named_parameters() if p.dim() == 1 and "bias" not in name):
        slope.uniform_(0, 0.5)
    *pairs, last = [layer for layer in net if not isinstance(layer, nn.PReLU)]
    slopes = [layer.weight for layer in net if isinstance(layer, nn.PReLU)]
    assert [tuple(layer.weight.shape[:2]) for layer in pairs] == [
        *((6, 1), (3, 6), (3, 3), (3, 3), (6, 3))
    ]
    features = image
    for layer, slope in zip(pairs, slopes, strict=True):
        size = layer.weight.shape[-1]
        features = prelu(conv2d(features, layer.weight, layer.bias, padding=size // 2), slope)
    whole = conv_transpose2d(features, last.weight, last.bias, stride=2)
    torch.testing.assert_close(net(image), whole[..., 4 : 4 + 12, 4 : 4 + 10])
