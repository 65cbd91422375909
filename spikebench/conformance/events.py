"""The event loop that counts are compared with: every spike is sent to its targets one by one.

It shares nothing with the fan-outs of `spikebench.snn.graph.fanout` but the modules it looks at.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from spikebench.snn.graph.nodes import Graph, Kind, Node
from spikebench.snn.graph.synapse import Synapse

Convolution = nn.Conv2d | nn.ConvTranspose2d


def targets(module: Synapse, shape: torch.Size, y: int, x: int) -> int:
    """Return how many outputs one event at (y, x) of an input of `shape` (..., H, W) reaches."""
    if isinstance(module, nn.Linear):
        return module.out_features
    reached = _hits(module, 0, shape[-2], y) * _hits(module, 1, shape[-1], x)
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
    shapes = {site: spikes.shape for site, spikes in sent.items()}
    total = 0
    for site in graph.spike_sources(synapse.inputs[0]) or []:
        for position in sent[site].nonzero().tolist():
            alone = {name: torch.zeros(shape) for name, shape in shapes.items()}
            alone[site][tuple(position)] = 1.0
            arrived = _arriving(graph, synapse.inputs[0], alone)
            total += int(sent[site][tuple(position)]) * synops(synapse.synapse, arrived != 0)
    return total


def _arriving(graph: Graph, name: str, sent: dict[str, Tensor]) -> Tensor:
    node = graph[name]
    if node.kind is Kind.SITE:
        return sent[name]
    return node.compute(*(_arriving(graph, source, sent) for source in node.inputs), bias=False)


def _hits(module: Convolution, axis: int, size: int, position: int) -> int:
    """Return by how many kernel elements an event at `position` reaches an output of the axis."""
    window = module.kernel_size[axis]
    if isinstance(module, nn.ConvTranspose2d):
        return sum(_after_transposed(module, axis, size, position, k) for k in range(window))
    places = _padded_places(module, axis, size, position)
    return sum(_after(module, axis, size, place, k) for place in places for k in range(window))


def _padded_places(module: nn.Conv2d, axis: int, size: int, position: int) -> list[int]:
    """Return where an event stands on the padded axis: repeating modes show it several times."""
    sides = _sides(module, axis)
    mode = "constant" if module.padding_mode == "zeros" else module.padding_mode
    numbered = torch.arange(1.0, size + 1).view(1, 1, 1, size)
    padded = pad(numbered, (*sides, 0, 0), mode).flatten()
    return (padded == position + 1).nonzero().flatten().tolist()


def _after(module: nn.Conv2d, axis: int, size: int, place: int, k: int) -> bool:
    """Tell whether kernel element k carries an event at a padded place to an output of the axis."""
    stride, dilation, window = (
        getattr(module, name)[axis] for name in ("stride", "dilation", "kernel_size")
    )
    outputs = (size + sum(_sides(module, axis)) - dilation * (window - 1) - 1) // stride + 1
    start = place - k * dilation
    return start % stride == 0 and 0 <= start // stride < outputs


def _sides(module: nn.Conv2d, axis: int) -> tuple[int, int]:
    """Return how many places are added before and behind an axis."""
    if module.padding == "same":
        total = module.dilation[axis] * (module.kernel_size[axis] - 1)
        return total // 2, total - total // 2
    side = 0 if isinstance(module.padding, str) else int(module.padding[axis])
    return side, side


def _after_transposed(
    module: nn.ConvTranspose2d, axis: int, size: int, position: int, k: int
) -> bool:
    names = ("stride", "padding", "dilation", "kernel_size", "output_padding")
    stride, padding, dilation, window, more = (int(getattr(module, n)[axis]) for n in names)
    outputs = (size - 1) * stride - 2 * padding + dilation * (window - 1) + 1 + more
    return 0 <= position * stride - padding + k * dilation < outputs
