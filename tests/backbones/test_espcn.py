from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from spikebench.ann.architecture import construct

FILE = Path("backbones/espcn.py")


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_output_is_scale_times_the_input(scale, channels):
    network = construct(FILE, {"scale": scale, "depth": 3, "width": 4, "channels": channels})
    output = network(torch.rand(2, channels, 9, 7))
    assert output.shape == (2, channels, 9 * scale, 7 * scale)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_an_untrained_body_of_zeros_leaves_bicubic_interpolation(scale):
    """Pillow's BICUBIC has a = -0.5 as well."""
    network = construct(FILE, {"scale": scale, "depth": 2, "width": 4}).requires_grad_(False)
    for parameter in network.parameters():
        parameter.zero_()
    image = np.random.default_rng(0).random((11, 13), dtype=np.float32)
    enlarged = Image.fromarray(image).resize((13 * scale, 11 * scale), Image.Resampling.BICUBIC)
    output = network(torch.from_numpy(image)[None, None])[0, 0].numpy()
    np.testing.assert_allclose(output, np.asarray(enlarged), atol=1e-6)


def test_channels_become_pixels_row_by_row():
    """Shi et al., eq. 4: channel 2 * y + x of the body is pixel (y, x) of each 2 x 2 block."""
    network = construct(FILE, {"scale": 2, "depth": 2, "width": 4}).requires_grad_(False)
    for parameter in network.parameters():
        parameter.zero_()
    network.body[-1].bias.copy_(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    output = network(torch.zeros(1, 1, 2, 2))
    assert torch.equal(output[0, 0], torch.tensor([[1.0, 2.0], [3.0, 4.0]]).repeat(2, 2))


def test_depth_counts_convolutions_and_each_but_the_last_is_rectified():
    layers = list(construct(FILE, {"scale": 2, "depth": 5, "width": 32}).body)
    assert [type(layer) for layer in layers] == [nn.Conv2d, nn.ReLU] * 4 + [nn.Conv2d]


def test_it_can_be_traced():
    network = construct(FILE, {"scale": 2, "depth": 3, "width": 4})
    image = torch.rand(1, 1, 9, 7)
    assert torch.equal(torch.fx.symbolic_trace(network)(image), network(image))
