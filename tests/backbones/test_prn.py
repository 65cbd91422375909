from pathlib import Path

import torch
from torch import nn

from spikebench.ann.architecture import construct

FILE = Path("backbones/prn.py")


def network(**options) -> nn.Module:
    chosen = {"stages": 3, "blocks": 2, "width": 4} | options
    return construct(FILE, chosen).requires_grad_(False)


def test_each_stage_sees_the_rain_and_the_last_stage_and_adds_to_the_rain():
    net, image = network(), torch.rand(2, 3, 5, 4)
    restored = image
    for _ in range(3):
        features = net.entry(torch.cat([image, restored], dim=1))
        for block in net.blocks.values():
            features = (block(features) + features).relu()
        restored = image + net.exit(features)
    torch.testing.assert_close(net(image), restored)


def test_stages_share_their_weights():
    sizes = {
        sum(value.numel() for value in network(stages=stages).state_dict().values())
        for stages in (1, 6)
    }
    assert len(sizes) == 1


def test_a_last_layer_of_zeros_leaves_the_image():
    net = network()
    for parameter in net.exit.parameters():
        parameter.zero_()
    image = torch.rand(1, 3, 5, 4)
    assert torch.equal(net(image), image)
