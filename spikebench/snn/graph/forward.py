"""The compiled graph run as the ANN it came from: the reference, and what calibration observes."""

from collections.abc import Callable

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.graph.nodes import Graph, Kind, Node
from spikebench.snn.graph.synapse import current

Observer = Callable[[Node, list[Tensor], Tensor], None]
Activation = Callable[[Node, Tensor], Tensor]


def relu(site: Node, value: Tensor) -> Tensor:
    """Return what the ANN does at a site: ReLU; relays and the output site pass through."""
    return value.relu() if site.role == "activation" else value


def run(
    graph: Graph, image: Tensor, activate: Activation = relu, observe: Observer | None = None
) -> Tensor:
    """Return the graph's output for `image` (N, C, H, W), differentiably.

    `observe(node, inputs, value)` sees what enters and what leaves every operation;
    `activate(site, value)` stands at the sites in place of ReLU.
    """
    values: dict[str, Tensor] = {}
    for node in graph.at(image.shape):
        inputs = [values[name] for name in node.inputs]
        if node.kind is Kind.SITE:
            values[node.name] = activate(node, inputs[0])
        else:
            values[node.name] = linear(node, inputs, image)
        if observe:
            observe(node, inputs, values[node.name])
    return values[graph.output]


def linear(node: Node, inputs: list[Tensor], image: Tensor) -> Tensor:
    """Return the value of a node that is no site, from its inputs and the image (N, C, H, W)."""
    match node.kind:
        case Kind.INPUT:
            return image
        case Kind.CONSTANT:
            return node.constant.to(image.device)
        case Kind.SYNAPSE:
            return current(node.synapse, inputs[0])
        case _:
            return node.compute(*inputs)


def run_ann(
    graph: Graph,
    image: Tensor,
    observe: Observer | None = None,
    activate: Activation = relu,
) -> Tensor:
    """Return the ANN's output for `image` (N, C, H, W) without gradients; arguments as in `run`.

    Raises `BenchError` where the output is not finite.
    """
    with torch.inference_mode():
        image = image.contiguous(memory_format=torch.channels_last)
        output = run(graph, image, activate, observe)
    if not torch.isfinite(output).all():
        raise BenchError(
            "The backbone's output holds NaN or infinite values. Check its weights file and that "
            "the input image lies in the range it was trained for."
        )
    return output
