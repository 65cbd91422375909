from pathlib import Path

import pytest
import torch
from torch import nn

from spikebench.ann.architecture import construct

FILE = Path("backbones/ffdnet.py")


def network(**options) -> nn.Module:
    return construct(FILE, {"depth": 3, "width": 4, "sigma": 51} | options).eval()


def what_enters(net: nn.Module, image: torch.Tensor) -> torch.Tensor:
    """Return the input of the first convolution."""
    seen = []
    net.model[0].register_forward_pre_hook(lambda layer, inputs: seen.append(inputs[0]))
    net(image)
    return seen[0]


@pytest.mark.parametrize("channels", [1, 3])
def test_the_noise_level_stands_before_the_pixels(channels):
    image = torch.rand(2, channels, 6, 8)
    entered = what_enters(network(channels=channels), image)
    assert entered.shape == (2, 5 * channels, 3, 4)
    assert torch.equal(entered[:, :channels], torch.full((2, channels, 3, 4), 51 / 255))


def test_pixels_of_a_block_become_channels_colour_by_colour():
    image = torch.arange(12.0).view(1, 3, 2, 2)
    assert what_enters(network(channels=3), image).flatten()[3:].tolist() == list(range(12))


def test_the_noise_is_predicted_and_put_back_pixel_by_pixel():
    """Channel 2 * y + x of the output is pixel (y, x) of each block."""
    net = network().requires_grad_(False)
    net.model[-1].weight.zero_()
    net.model[-1].bias = nn.Parameter(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    noise = -net(torch.zeros(1, 1, 4, 4))
    assert torch.equal(noise[0, 0], torch.tensor([[1.0, 2.0], [3.0, 4.0]]).repeat(2, 2))


def test_no_convolution_has_a_bias_and_the_hidden_ones_are_normalised():
    layers = list(network(depth=4).model)
    hidden = [nn.Conv2d, nn.BatchNorm2d, nn.ReLU]
    assert [type(layer) for layer in layers] == [nn.Conv2d, nn.ReLU, *hidden * 2, nn.Conv2d]
    assert all(layer.bias is None for layer in layers if isinstance(layer, nn.Conv2d))
