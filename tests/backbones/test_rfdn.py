from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import interpolate, leaky_relu, max_pool2d

from spikebench.ann.architecture import construct

FILE = Path("backbones/rfdn.py")


def network(**options) -> nn.Module:
    return construct(FILE, {"scale": 2, "width": 8, "blocks": 2} | options).requires_grad_(False)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_output_is_scale_times_the_input(scale):
    assert network(scale=scale)(torch.rand(2, 3, 15, 16)).shape == (2, 3, 15 * scale, 16 * scale)


def test_a_block_distils_three_times_and_looks_from_afar():
    """Figure 3 of the paper, and figure 4 of Liu et al., CVPR 2020, written out step by step."""
    net, image = network(blocks=1), torch.rand(1, 3, 17, 16)
    block, esa = net.blocks["1"], net.blocks["1"]["esa"]

    def active(value):
        return leaky_relu(value, 0.05)

    first = net.entry(255 * image)
    r1 = active(block["c1_r"](first) + first)
    r2 = active(block["c2_r"](r1) + r1)
    r3 = active(block["c3_r"](r2) + r2)
    aside = [active(block[f"c{k}_d"](r)) for k, r in ((1, first), (2, r1), (3, r2))]
    joined = block["c5"](torch.cat([*aside, active(block["c4"](r3))], dim=1))
    near = esa["conv1"](joined)
    far = esa["conv_max"](max_pool2d(esa["conv2"](near), 7, 3)).relu()
    far = interpolate(esa["conv3_"](esa["conv3"](far).relu()), near.shape[2:], mode="bilinear")
    gated = joined * esa["conv4"](far + esa["conv_f"](near)).sigmoid()
    expected = net.enlarge(net.exit(active(net.join(gated))) + first) / 255
    torch.testing.assert_close(net(image), expected)
