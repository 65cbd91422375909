"""How the maps of a network lie over its image, and how far each output row looks."""

import copy
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

import torch
from torch import Tensor, nn

from spikebench.snn.graph.forward import run
from spikebench.snn.graph.nodes import Graph, Kind, Node

SMALLEST_PROBE, LARGEST_PROBE = 64, 2048  # rows; they double until the middle sees no border
WIDTH = 32  # columns of a probe


@dataclass(frozen=True)
class Geometry:
    """Rows of a network's maps.

    `scales`: rows of each node's map for one row of the image. `step`: the fewest image rows that
    are whole rows of every map. `reach`: how many image rows above and below its own an output row
    depends on, at most. `neurons`: neurons for each pixel of the image.
    """

    scales: dict[str, Fraction]
    step: int
    reach: int
    neurons: Fraction


def geometry(graph: Graph, channels: int) -> Geometry | None:
    """Return the geometry of a network for images of so many channels, None where it has none.

    It has none where maps do not simply scale with the image: behind convolutions without padding,
    before a linear layer, where the network asks for sizes; nor with analogue nodes. The reach is
    measured: in a copy whose weights are all positive and whose sites let everything pass, it is
    how far the gradient of output rows spreads over the image.
    """
    if graph.size is not None or any(_looks_everywhere(node) for node in graph):
        return None
    with torch.inference_mode(False), torch.enable_grad():
        return _measured(_positive(graph), channels)


def _looks_everywhere(node: Node) -> bool:
    """Tell whether a node may read its whole map."""
    return node.kind is Kind.ANALOGUE or isinstance(node.module, nn.Linear)


def _measured(graph: Graph, channels: int) -> Geometry | None:
    rows = SMALLEST_PROBE
    while rows <= LARGEST_PROBE:
        image = torch.ones(1, channels, rows, WIDTH, dtype=torch.float64, requires_grad=True)
        shapes, output = _run(graph, image)
        scales = _scales(graph, shapes, rows)
        if scales is None:
            return None
        step = lcm(*(scale.denominator for scale in scales.values()))
        reach = _reach(image, output, scales[graph.output], step)
        if reach is not None:
            sites = [shapes[site.name].numel() for site in graph.sites]
            return Geometry(scales, step, reach, Fraction(sum(sites), rows * WIDTH))
        rows *= 2
    return None


def _positive(graph: Graph) -> Graph:
    """Return a copy on the CPU, in float64, in which a synapse takes the mean of what it sees.

    No wiring subtracts, so that what an output depends on is not lost where it cancels out.
    """

    def averaging(node: Node) -> Node:
        if node.kind is Kind.CONSTANT:
            return replace(node, value=node.constant.cpu().double())
        if node.kind is not Kind.SYNAPSE:
            return replace(node, call=node.spread or node.call)
        module = copy.deepcopy(node.synapse).cpu().double()
        nn.init.constant_(module.weight, 1 / module.weight[0].numel())
        return replace(node, module=module)

    return graph.with_nodes([averaging(node) for node in graph])


def _run(graph: Graph, image: Tensor) -> tuple[dict[str, torch.Size], Tensor]:
    shapes = {}

    def observe(node: Node, inputs: list[Tensor], value: Tensor) -> None:
        shapes[node.name] = value.shape

    return shapes, run(graph, image, lambda site, value: value, observe)


def _scales(graph: Graph, shapes: dict[str, torch.Size], rows: int) -> dict[str, Fraction] | None:
    """Return each map's rows for an image row, None where a width says otherwise."""
    maps = [node for node in graph if node.kind is not Kind.CONSTANT]
    if any(len(shapes[node.name]) != 4 for node in maps):
        return None
    across = {node.name: Fraction(shapes[node.name][-1], WIDTH) for node in maps}
    down = {node.name: Fraction(shapes[node.name][-2], rows) for node in maps}
    return down if down == across else None


def _reach(image: Tensor, output: Tensor, scale: Fraction, step: int) -> int | None:
    """Return how far beyond one step of rows in the middle they look; None if past the border."""
    first = len(image[0, 0]) // 2 // step * step
    seen = output[..., int(first * scale) : int((first + step) * scale), :].sum()
    (gradient,) = torch.autograd.grad(seen, image)
    rows = gradient.abs().sum(dim=(0, 1, 3)).nonzero().flatten().tolist()
    if rows[0] == 0 or rows[-1] == len(gradient[0, 0]) - 1:
        return None
    return int(max(first - rows[0], rows[-1] - (first + step - 1), 0))
