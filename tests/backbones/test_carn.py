from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import relu

from spikebench.ann.architecture import construct

FILE = Path("backbones/carn.py")
MEAN = torch.tensor([0.4488, 0.4371, 0.4040]).view(1, 3, 1, 1)


def network(**options) -> nn.Module:
    return construct(FILE, {"scale": 2, "width": 8, "groups": 4} | options).requires_grad_(False)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_output_is_scale_times_the_input(scale):
    assert network(scale=scale)(torch.rand(2, 3, 5, 4)).shape == (2, 3, 5 * scale, 4 * scale)


def test_a_last_layer_of_zeros_leaves_the_mean_colour():
    net = network()
    for parameter in net.exit.parameters():
        parameter.zero_()
    assert torch.equal(net(torch.rand(1, 3, 3, 3)), MEAN.expand(1, 3, 6, 6))


def test_every_stage_hands_its_output_to_all_later_fusions():
    """The paper's figures 2b and 3b, written out step by step."""
    net, image = network(), torch.rand(1, 3, 5, 4)

    def stage(number: str, x):
        def block(x):
            return relu(net.residuals[number](x) + x)

        fusions = net.inner[number]
        b1 = block(x)
        f1 = fusions["1"](torch.cat([x, b1], 1))
        b2 = block(f1)
        f2 = fusions["2"](torch.cat([x, b1, b2], 1))
        return fusions["3"](torch.cat([x, b1, b2, block(f2)], 1))

    x = net.entry(image - MEAN)
    s1 = stage("1", x)
    s2 = stage("2", net.outer["1"](torch.cat([x, s1], 1)))
    s3 = stage("3", net.outer["2"](torch.cat([x, s1, s2], 1)))
    deep = net.outer["3"](torch.cat([x, s1, s2, s3], 1))
    torch.testing.assert_close(net(image), net.exit(net.enlarge(deep)) + MEAN)


def test_a_residual_block_is_run_three_times():
    net, calls = network(), []
    for block in net.residuals.values():
        block.register_forward_hook(lambda *_: calls.append(1))
    net(torch.rand(1, 3, 3, 3))
    assert len(calls) == 9


def test_only_wide_convolutions_have_groups():
    grouped = {
        tuple(layer.kernel_size)
        for layer in network().modules()
        if isinstance(layer, nn.Conv2d) and layer.groups == 4
    }
    assert grouped == {(3, 3)}
