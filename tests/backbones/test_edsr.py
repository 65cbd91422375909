from pathlib import Path

import pytest
import torch
from torch import nn

from spikebench.ann.architecture import construct

FILE = Path("backbones/edsr.py")
MEAN = torch.tensor([0.4488, 0.4371, 0.4040]).view(1, 3, 1, 1)


def network(**options) -> nn.Module:
    return construct(FILE, {"scale": 2, "blocks": 2, "width": 4} | options).requires_grad_(False)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_output_is_scale_times_the_input(scale):
    assert network(scale=scale)(torch.rand(2, 3, 5, 4)).shape == (2, 3, 5 * scale, 4 * scale)


def test_another_scale_is_refused():
    with pytest.raises(Exception, match="cannot be built with the options"):
        network(scale=5)


def test_a_last_layer_of_zeros_leaves_the_mean_colour():
    net = network()
    for parameter in net.tail[-1].parameters():
        parameter.zero_()
    torch.testing.assert_close(net(torch.rand(1, 3, 3, 3)), MEAN.expand(1, 3, 6, 6))


def test_its_layers_see_bytes_and_its_output_is_a_share_of_them():
    """As the published weights want it: 255 * (image - mean) enters, output / 255 + mean leaves."""
    net, image = network(), torch.rand(1, 3, 5, 4)
    bytes_in = 255 * image - 255 * MEAN
    shallow = net.head(bytes_in)
    first = shallow + net.body[0](shallow)
    deep = net.body[2](first + net.body[1](first)) + shallow
    torch.testing.assert_close(255 * net(image), net.tail(deep) + 255 * MEAN)


def test_the_mean_is_no_weight():
    assert not any("mean" in key for key in network().state_dict())
