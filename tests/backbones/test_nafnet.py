from pathlib import Path

import torch
from torch import nn

from spikebench.ann.architecture import construct

FILE = Path("backbones/nafnet.py")


def network(**options) -> nn.Module:
    chosen = {"width": 4, "encoder": [1, 1], "middle": 1, "decoder": [1, 1]} | options
    return construct(FILE, chosen).requires_grad_(False)


def test_the_output_is_as_large_as_the_input():
    assert network()(torch.rand(2, 1, 8, 12)).shape == (2, 1, 8, 12)
    assert network(channels=3)(torch.rand(1, 3, 4, 4)).shape == (1, 3, 4, 4)


def test_the_published_configuration_has_as_many_parameters_as_published():
    """The authors' network of width 32 for SIDD: 29.16 million parameters."""
    net = network(width=32, channels=3, encoder=[2, 2, 4, 8], middle=12, decoder=[2, 2, 2, 2])
    assert abs(sum(p.numel() for p in net.parameters()) / 1e6 - 29.16) < 0.01


def test_branches_start_at_zero():
    """Before training a block passes its input on, and only convolutions between levels act."""
    block, features = network().middle[0], torch.randn(1, 16, 3, 3)
    torch.testing.assert_close(block(features), features)


def test_a_block_normalises_gates_and_weighs_channels():
    """Figure 2c and equations 4 to 6 of the paper, written out for each pixel."""
    block, x = network().double().encoders[0][0], torch.randn(1, 4, 3, 5).double()
    for parameter in block.parameters():
        parameter.normal_()
    norm, wide, depthwise, _, attention, narrow = block.mix

    def normalised(layer: nn.Module, features: torch.Tensor) -> torch.Tensor:
        centred = features - features.mean(dim=1, keepdim=True)
        deviation = (centred.square().mean(dim=1, keepdim=True) + 1e-6).sqrt()
        scale, shift = layer.norm.weight[:, None, None], layer.norm.bias[:, None, None]
        return centred / deviation * scale + shift

    gates = depthwise(wide(normalised(norm, x)))
    gated = gates[:, :4] * gates[:, 4:]
    linear = attention.weigh[1]
    weight = gated.mean(dim=(2, 3)) @ linear.weight[:, :, 0, 0].T + linear.bias
    middle = x + block.beta * narrow(gated * weight[..., None, None])
    norm, wide, _, narrow = block.feed
    gates = wide(normalised(norm, middle))
    expected = middle + block.gamma * narrow(gates[:, :4] * gates[:, 4:])
    torch.testing.assert_close(block(x), expected)


def test_skips_join_levels_of_one_size():
    """Without blocks: what is left are the convolutions between levels, added level by level."""
    net, image = network(encoder=[0, 0], middle=0, decoder=[0, 0]), torch.rand(1, 1, 8, 8)
    high = net.entry(image)
    half = net.downs[0](high)
    up = net.ups[0](net.downs[1](half)) + half
    expected = net.exit(net.ups[1](up) + high) + image
    torch.testing.assert_close(net(image), expected)
