import pytest
import torch
from torch import nn

from spikebench.ann.backbone import build, load_backbone_spec
from spikebench.ann.macs import dense_macs


def test_a_convolution_costs_its_kernel_for_every_output():
    layer = nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2)
    assert dense_macs(layer, torch.zeros(1, 4, 10, 8)) == 6 * (2 * 3 * 3) * (5 * 4)


def test_zeros_are_counted_too():
    layer = nn.Conv2d(1, 1, 3)
    assert dense_macs(layer, torch.zeros(1, 1, 8, 8)) == dense_macs(layer, torch.rand(1, 1, 8, 8))


@pytest.mark.parametrize(
    ("name", "macs_per_pixel"),
    [
        ("dncnn_s25", 554_112),  # the number known for DnCNN-S
        ("dncnn_tiny_s25", 9 * 48 + 6 * 9 * 48 * 48 + 9 * 48),
        ("espcn_tiny_x2", 9 * 32 + 3 * 9 * 32 * 32 + 9 * 32 * 4),  # per pixel of the small image
    ],
)
def test_macs_of_the_backbones(name, macs_per_pixel):
    network = build(load_backbone_spec(name))
    assert dense_macs(network, torch.zeros(1, 1, 12, 10)) == macs_per_pixel * 12 * 10


def test_nothing_is_printed(capfd, caplog, recwarn):
    dense_macs(build(load_backbone_spec("espcn_tiny_x2")), torch.zeros(1, 1, 8, 8))
    assert capfd.readouterr() == ("", "")
    assert not caplog.records
    assert not recwarn.list


def test_what_has_no_weights_of_its_own_is_not_counted():
    plain = nn.Conv2d(1, 4, 3, padding=1)
    dressed = nn.Sequential(plain, nn.BatchNorm2d(4), nn.AvgPool2d(2), nn.Upsample(scale_factor=2))
    image = torch.zeros(1, 1, 8, 8)
    assert dense_macs(dressed.eval(), image) == dense_macs(plain, image) == 9 * 4 * 64
