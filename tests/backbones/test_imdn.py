from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import leaky_relu, pixel_shuffle

from spikebench.ann.architecture import construct

FILE = Path("backbones/imdn.py")


def network(**options) -> nn.Module:
    return construct(FILE, {"scale": 2, "width": 16, "blocks": 2} | options).requires_grad_(False)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_output_is_scale_times_the_input(scale):
    assert network(scale=scale)(torch.rand(2, 3, 5, 4)).shape == (2, 3, 5 * scale, 4 * scale)


def test_a_block_sets_a_quarter_aside_and_weighs_the_rest_by_contrast():
    """The paper's figure 3 and equations 2 to 5, written out step by step."""
    net, image = network(blocks=1), torch.rand(1, 3, 5, 4)
    block, first = net.blocks["1"], net.entry(image)
    one = leaky_relu(block["c1"](first), 0.05)
    two = leaky_relu(block["c2"](one[:, 4:]), 0.05)
    three = leaky_relu(block["c3"](two[:, 4:]), 0.05)
    joined = torch.cat([one[:, :4], two[:, :4], three[:, :4], block["c4"](three[:, 4:])], dim=1)
    flat = joined.flatten(2)
    contrast = flat.std(dim=2, unbiased=False) + flat.mean(dim=2)
    weighed = joined * block["gate"](contrast[..., None, None])
    deep = leaky_relu(net.join(block["c5"](weighed) + first), 0.05)
    expected = pixel_shuffle(net.enlarge[0](net.exit(deep) + first), 2)
    torch.testing.assert_close(net(image), expected)
