"""What the ANN costs: MACs against fvcore and an event loop, shapes and state against formulas."""

import pytest
import torch
from torch import nn

from spikebench.ann.macs import dense_macs
from spikebench.conformance.events import synops
from spikebench.snn.engine.ann_counts import AnnCounts, AnnLayer, count_ann
from spikebench.snn.graph.compile import compile_graph
from tests.snn.nets import Net, chain, conv, espcn, image


def effective(counts: AnnCounts) -> list[int]:
    return [layer.macs_effective for layer in counts.layers.values()]


def test_effective_macs_equal_the_event_loop_over_nonzero_inputs():
    module, picture = chain().double(), image(2, 1, 6, 5)
    picture[..., :3] = 0.0
    output, counts = count_ann(compile_graph(module), picture)
    torch.testing.assert_close(output, module(picture))
    value, expected = picture, []
    for layer in module:
        if isinstance(layer, nn.Conv2d):
            expected.append(synops(layer, value != 0))
        value = layer(value)
    assert effective(counts) == expected


def test_effective_macs_of_a_linear_layer_skip_zeros():
    module = nn.Sequential(conv(1, 2), nn.ReLU(), nn.Flatten(), nn.Linear(60, 7)).double()
    _, counts = count_ann(compile_graph(module), image(2, 1, 6, 5))
    hidden = module[1](module[0](image(2, 1, 6, 5)))
    assert effective(counts)[1] == 7 * int((hidden > 0).sum())


def test_effective_macs_are_at_most_the_dense_ones():
    module, picture = espcn(), image(6, 5).float()
    _, counts = count_ann(compile_graph(module), picture)
    assert 0 < counts.macs_effective < dense_macs(module, picture)


def test_dense_macs_of_all_layers_are_those_of_fvcore():
    module, picture = espcn(), image(6, 5).float()
    _, counts = count_ann(compile_graph(module), picture)
    assert sum(layer.macs_dense for layer in counts.layers.values()) == dense_macs(module, picture)


@pytest.mark.parametrize(
    "module",
    [
        nn.Conv2d(4, 6, (3, 2), stride=2, padding=1),
        nn.Conv2d(4, 6, 3, padding=2, dilation=2, groups=2),
        nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1),
        nn.ConvTranspose2d(4, 6, 3, groups=2),
        nn.Sequential(nn.Flatten(), nn.Linear(120, 7)),
    ],
    ids=["strided", "dilated and grouped", "transposed", "transposed and grouped", "linear"],
)
def test_dense_macs_of_every_kind_of_layer_are_those_of_fvcore(module):
    net, picture = nn.Sequential(conv(1, 4), nn.ReLU(), module), image(1, 1, 6, 5).float()
    _, counts = count_ann(compile_graph(net), picture)
    assert sum(layer.macs_dense for layer in counts.layers.values()) == dense_macs(net, picture)


def test_the_shape_of_every_kind_of_layer():
    layers = [
        nn.Conv2d(4, 6, (3, 2), stride=2, groups=2),  # 4 x 7 x 6 -> 6 x 3 x 3
        nn.ReLU(),
        nn.ConvTranspose2d(6, 2, 4, stride=2, bias=False),  # -> 2 x 8 x 8
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(128, 5),
    ]
    _, counts = count_ann(compile_graph(nn.Sequential(*layers)), image(1, 4, 7, 6).float())
    found = list(counts.layers.values())
    macs = [54 * 2 * 6, 54 * 2 * 16, 128 * 5]
    shapes = [
        AnnLayer("Conv2d", macs[0], found[0].macs_effective, 168, 54, 6 * 2 * 6, 6, 6, 4, 6),
        AnnLayer("ConvTranspose2d", macs[1], found[1].macs_effective, 54, 128, 192, 0, 16, 6, 2),
        AnnLayer("Linear", macs[2], found[2].macs_effective, 128, 5, 640, 5, 1, 128, 5),
    ]
    assert found == shapes


def test_state_operations_are_biases_sums_and_relus():
    module = Net(lambda net, x: net.body(x) + x, body=chain())  # 3, 4 and 1 channels
    _, counts = count_ann(compile_graph(module), image(6, 5).float())
    assert counts.state_ops == 30 * (8 + 7 + 1)
