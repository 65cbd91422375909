"""The event loop that counts are compared with: every spike is sent to its targets one by one.

It shares nothing with the fan-outs of `spikebench.snn.graph.fanout` but the modules it looks at.
"""

from itertools import product

import torch
from torch import Tensor, nn

from spikebench.snn.graph.nodes import Graph, Kind, Node
from spikebench.snn.graph.synapse import Synapse

Convolution = nn.Conv2d | nn.ConvTranspose2d


def targets(module: Synapse, shape: torch.Size, y: int, x: int) -> int:
    """Return how many outputs one event at (y, x) of an input of `shape` (..., H, W) reaches."""
    if isinstance(module, nn.Linear):
        return module.out_features
    kernel = product(range(module.kernel_size[0]), range(module.kernel_size[1]))
    reached = sum(
        _lands(module, 0, shape[-2], y, ky) and _lands(module, 1, shape[-1], x, kx)
        for ky, kx in kernel
    )
    return reached * module.out_channels // module.groups


def synops(module: Synapse, spikes: Tensor) -> int:
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
    for site in graph.spike_sources(synapse.inputs[0]) or []:
        for position in sent[site].nonzero().tolist():
            alone = {name: torch.zeros(1, *shape) for name, shape in shapes.items()}
            alone[site][(0, *position[1:])] = 1.0
            arrived = _arriving(graph, synapse.inputs[0], alone)
            total += int(sent[site][tuple(position)]) * synops(synapse.synapse, arrived != 0)
    return total


def _arriving(graph: Graph, name: str, sent: dict[str, Tensor]) -> Tensor:
    node = graph[name]
    if node.kind is Kind.SITE:
        return sent[name]
    return node.compute(*(_arriving(graph, source, sent) for source in node.inputs), bias=False)


def _lands(module: Convolution, axis: int, size: int, position: int, k: int) -> bool:
    if isinstance(module, nn.ConvTranspose2d):
        return _after_transposed(module, axis, size, position, k)
    return _after(module, axis, size, position, k)


def _after(module: nn.Conv2d, axis: int, size: int, position: int, k: int) -> bool:
    """Tell whether kernel element k carries an event at `position` to an output of the axis."""
    stride, padding, dilation, window = _geometry(module, axis)
    outputs = (size + 2 * padding - dilation * (window - 1) - 1) // stride + 1
    start = position + padding - k * dilation
    return start % stride == 0 and 0 <= start // stride < outputs


def _after_transposed(
    module: nn.ConvTranspose2d, axis: int, size: int, position: int, k: int
) -> bool:
    stride, padding, dilation, window = _geometry(module, axis)
    outputs = (size - 1) * stride - 2 * padding + dilation * (window - 1) + 1
    outputs += module.output_padding[axis]
    return 0 <= position * stride - padding + k * dilation < outputs


def _geometry(module: Convolution, axis: int) -> tuple[int, int, int, int]:
    return (
        module.stride[axis],
        int(module.padding[axis]),
        module.dilation[axis],
        module.kernel_size[axis],
    )
