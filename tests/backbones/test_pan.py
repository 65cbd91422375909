from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import interpolate, leaky_relu

from spikebench.ann.architecture import construct

FILE = Path("backbones/pan.py")


def network(**options) -> nn.Module:
    options = {"scale": 2, "width": 8, "width_up": 6, "blocks": 1} | options
    return construct(FILE, options).requires_grad_(False)


@pytest.mark.parametrize("scale", [2, 4])
def test_the_output_is_scale_times_the_input(scale):
    assert network(scale=scale)(torch.rand(2, 3, 5, 4)).shape == (2, 3, 5 * scale, 4 * scale)


def test_a_last_layer_of_zeros_leaves_the_bilinear_enlargement():
    net, image = network(), torch.rand(1, 3, 4, 5)
    net.last.weight.zero_()
    net.last.bias.zero_()
    expected = interpolate(image, scale_factor=2, mode="bilinear")
    assert torch.equal(net(image), expected)


def test_one_half_is_gated_by_pixel_in_a_block_and_all_of_it_behind_an_enlargement():
    """The paper's figures 2 and 3, written out step by step."""
    net, image = network(), torch.rand(1, 3, 5, 4)
    block, up = net.blocks[0], net.enlarge["1"]

    def active(value):
        return leaky_relu(value, 0.2)

    first = net.entry(image)
    a, b = active(block["conv1_a"](first)), active(block["conv1_b"](first))
    gated = block["k4"](block["k3"](b) * block["k2"](b).sigmoid())
    joined = torch.cat([active(block["k1"](a)), active(gated)], dim=1)
    deep = net.exit(block["conv3"](joined) + first) + first
    grown = up["up"](deep.repeat_interleave(2, 2).repeat_interleave(2, 3))
    grown = active(up["conv"](active(grown * up["gate"](grown).sigmoid())))
    skip = interpolate(image, scale_factor=2, mode="bilinear")
    torch.testing.assert_close(net(image), net.last(grown) + skip)
