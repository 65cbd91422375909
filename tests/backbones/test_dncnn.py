from pathlib import Path

import pytest
import torch
from torch import nn

from spikebench.ann.architecture import construct

FILE = Path("backbones/dncnn.py")


def test_kair_state_dict_fits_by_name():
    """The names and shapes of dncnn_25.pth, as listed by torch.load."""
    expected = {"model.0.weight": (64, 1, 3, 3), "model.0.bias": (64,)}
    for index in range(2, 32, 2):
        expected |= {f"model.{index}.weight": (64, 64, 3, 3), f"model.{index}.bias": (64,)}
    expected |= {"model.32.weight": (1, 64, 3, 3), "model.32.bias": (1,)}

    state = construct(FILE, {"depth": 17, "width": 64}).state_dict()
    assert {key: tuple(value.shape) for key, value in state.items()} == expected
    assert sum(value.numel() for value in state.values()) == 555_137


def test_with_normalisation_no_convolution_has_a_bias():
    layers = list(construct(FILE, {"depth": 4, "width": 3, "batch_norm": True}).model)
    hidden = [nn.Conv2d, nn.BatchNorm2d, nn.ReLU]
    assert [type(layer) for layer in layers] == [nn.Conv2d, nn.ReLU, *hidden * 2, nn.Conv2d]
    assert all(layer.bias is None for layer in layers if isinstance(layer, nn.Conv2d))


@pytest.mark.parametrize(("depth", "width"), [(2, 3), (8, 32)])
def test_depth_counts_convolutions_and_each_but_the_last_is_rectified(depth, width):
    layers = list(construct(FILE, {"depth": depth, "width": width}).model)
    assert [type(layer) for layer in layers] == [nn.Conv2d, nn.ReLU] * (depth - 1) + [nn.Conv2d]


def test_the_stack_predicts_what_is_subtracted():
    network = construct(FILE, {"depth": 3, "width": 4, "channels": 3})
    image = torch.rand(2, 3, 9, 7)
    torch.testing.assert_close(network(image) + network.model(image), image)


def test_it_can_be_traced():
    network = construct(FILE, {"depth": 3, "width": 4})
    image = torch.rand(1, 1, 9, 7)
    assert torch.equal(torch.fx.symbolic_trace(network)(image), network(image))
