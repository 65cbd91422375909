"""The event loop that counts are compared with: every spike is sent to its targets one by one.

It shares nothing with the fan-outs of `spikebench.snn.graph.fanout` but the modules it looks at.
"""

from itertools import product

import torch
from torch import Tensor, nn

from spikebench.snn.graph.nodes import Graph, Kind, Node


def targets(module: nn.Conv2d | nn.ConvTranspose2d | nn.Linear, shape, y: int, x: int) -> int:
    """Return how many outputs one event at (y, x) of an input of `shape` (..., H, W) reaches."""
    if isinstance(module, nn.Linear):
        return module.out_features
    land = _after_transposed if isinstance(module, nn.ConvTranspose2d) else _after
    kernel = product(range(module.kernel_size[0]), range(module.kernel_size[1]))
    reached = sum(
        land(module, 0, shape[-2], y, ky) and land(module, 1, shape[-1], x, kx) for ky, kx in kernel
    )
    return reached * module.out_channels // module.groups


def synops(module: nn.Module, spikes: Tensor) -> int:
    """Return the synaptic operations of spike numbers (N, C, H, W), or (N, F) at a linear layer."""
    total = 0
    for position in spikes.nonzero().tolist():
        y, x = position[-2:] if spikes.dim() == 4 else (0, 0)
        total += abs(int(spikes[tuple(position)])) * targets(module, spikes.shape, y, x)
    return total


def routed_synops(graph: Graph, synapse: Node, sent: dict[str, Tensor]) -> int:
    """Return the synaptic operations at `synapse` of all that the sites sent over the whole run.

    `sent`: spikes with multiplicity, (N, C, H, W), by site. Each neuron's spike takes the network's
    own wiring to the synapse, alone, and every place it arrives at counts.
    """
    shapes = {site: spikes.shape[1:] for site, spikes in sent.items()}
    total = 0
    for site in graph.spike_sources(synapse.inputs[0]):
        for position in sent[site].nonzero().tolist():
            alone = {name: torch.zeros(1, *shape) for name, shape in shapes.items()}
            alone[site][(0, *position[1:])] = 1.0
            arrived = _arriving(graph, synapse.inputs[0], alone)
            total += int(sent[site][tuple(position)]) * synops(synapse.module, arrived != 0)
    return total


def _arriving(graph: Graph, name: str, sent: dict[str, Tensor]) -> Tensor:
    node = graph[name]
    if node.kind is Kind.SITE:
        return sent[name]
    return node.call(*(_arriving(graph, source, sent) for source in node.inputs), bias=False)


def _after(module: nn.Conv2d, axis: int, size: int, position: int, k: int) -> bool:
    """Tell whether kernel element k carries an event at `position` to an output of the axis."""
    stride, padding, dilation, window = _geometry(module, axis)
    outputs = (size + 2 * padding - dilation * (window - 1) - 1) // stride + 1
    start = position + padding - k * dilation
    return start % stride == 0 and 0 <= start // stride < outputs


def _after_transposed(module: nn.ConvTranspose2d, axis: int, size: int, position: int, k: int):
    stride, padding, dilation, window = _geometry(module, axis)
    outputs = (size - 1) * stride - 2 * padding + dilation * (window - 1) + 1
    outputs += module.output_padding[axis]
    return 0 <= position * stride - padding + k * dilation < outputs


def _geometry(module: nn.Module, axis: int) -> tuple[int, int, int, int]:
    return (
        module.stride[axis],
        module.padding[axis],
        module.dilation[axis],
        module.kernel_size[axis],
    )
