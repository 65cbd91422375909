"""Does the compiled graph compute what the module computes? Compared, always, on real images."""

from typing import Any

import torch
import torch.fx
from torch import Tensor, nn

from spikebench.errors import BenchError
from spikebench.snn.graph.forward import run
from spikebench.snn.graph.nodes import Graph, Node
from spikebench.snn.graph.trace import trace

ROUNDING = 1e-4  # of the largest value, at least of 1: what the order of sums in fp32 may change


def check_agreement(
    module: nn.Module, graph: Graph, image: Tensor, output: Tensor | None = None
) -> None:
    """Raise `BenchError` where the graph of `module` gives another output for images (N, C, H, W).

    `graph` is compiled from the module, which is in evaluation mode; `output` is what it gives, if
    that is known. The message names the first
    operation whose value differs, and where none does, that something around the module changes
    its result, such as a hook.
    """
    with torch.inference_mode():
        expected = module(image)
        output = run(graph, image) if output is None else output
        if output.shape == expected.shape and _close(output, expected):
            return
        place = _first_difference(module, graph, image)
    raise BenchError(
        f"the compiled graph differs from {type(module).__name__}{_by(output, expected)}. {place} "
        "Write the network without it, or report this with the backbone's file."
    )


def _close(found: Tensor, expected: Tensor) -> bool:
    scale = max(1.0, float(expected.abs().max()))
    return bool(((found - expected).abs() <= ROUNDING * scale).all())


def _by(found: Tensor, expected: Tensor) -> str:
    if found.shape != expected.shape:
        return f" in shape, {tuple(found.shape)} in place of {tuple(expected.shape)}"
    return f" by up to {float((found - expected).abs().max()):.3g}"


def _first_difference(module: nn.Module, graph: Graph, image: Tensor) -> str:
    """Return in words where the trace of the module, hooks included, first gives another value."""
    found: dict[str, Tensor] = {}

    def keep(node: Node, inputs: list[Tensor], value: Tensor) -> None:
        found[node.name] = value

    run(graph, image, observe=keep)
    values = _Listening(trace(module, image.shape).module)
    values.run(image)
    for node in graph.at(image.shape):
        expected = values.kept.get(node.name)
        if isinstance(expected, Tensor) and not (
            expected.shape == found[node.name].shape and _close(found[node.name], expected)
        ):
            return f"The first to differ is node '{node.name}', {node.place}; has it a hook?"
    return "No operation differs by itself: a hook of the network or of a block changes the result."


class _Listening(torch.fx.Interpreter):
    """Runs a trace and keeps the value of every node."""

    def __init__(self, traced: torch.fx.GraphModule) -> None:
        super().__init__(traced, garbage_collect_values=False)
        self.kept: dict[str, Any] = {}

    def run_node(self, n: torch.fx.Node) -> Any:
        self.kept[n.name] = super().run_node(n)
        return self.kept[n.name]
