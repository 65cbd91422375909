"""Compile a backbone: every operation becomes a node of a known kind, or is refused."""

from collections.abc import Callable

import torch
import torch.fx
import torch.nn.functional as F
from torch import Tensor, nn
from torch.fx.node import map_arg

from spikebench.errors import BenchError
from spikebench.snn.graph import operations as wiring
from spikebench.snn.graph.nodes import Graph, Kind, Node
from spikebench.snn.graph.trace import SYNAPSES, trace

RELU_CALLS = {F.relu, torch.relu, torch.relu_, F.relu_, "relu", "relu_"}


def compile_graph(module: nn.Module) -> Graph:
    """Compile `module` (batch-norm folded, activations per call) and put relays where needed.

    A relay site stands before every synapse whose input changes over time but is not spikes: a
    residual sum without activation, an interpolated map. Raises `BenchError` naming node and
    module path for any operation that is neither synapse, ReLU nor known linear wiring.
    """
    traced = trace(module)
    graph = Graph([_node(traced, node) for node in traced.graph.nodes if node.op != "output"])
    output = next(node for node in traced.graph.nodes if node.op == "output").args[0]
    if not isinstance(output, torch.fx.Node) or output.name != graph.output:
        raise BenchError(
            f"{type(module).__name__} returns {output}: expected one tensor, the result of the last"
            " operation. Return the restored image alone and drop unused branches."
        )
    inputs = [node.name for node in graph if node.kind is Kind.INPUT]
    if len(inputs) != 1:
        raise BenchError(
            f"{type(module).__name__} takes {len(inputs)} inputs ({', '.join(inputs)}); expected "
            "one, the degraded image. Make the others constants of the module."
        )
    _check_fills(traced, graph)
    return with_relays(graph)


def with_relays(graph: Graph) -> Graph:
    """Return the graph with a relay site behind every analogue source of an inner synapse."""
    for synapse in graph.synapses:
        source = synapse.inputs[0]
        if source in graph.driven and graph.spike_sources(source) is None:
            readers = [s.name for s in graph.synapses if s.inputs[0] == source]
            return with_relays(graph.with_site(source, "relay", readers))
    return graph


def _check_fills(traced: torch.fx.GraphModule, graph: Graph) -> None:
    for node in traced.graph.nodes:
        if node.target in wiring.FILLS and node.name in graph.driven:
            raise BenchError(
                f"Node '{node.name}', {_place(node, node.target)}, has the shape of a tensor that "
                "changes over time, so it would count as changing too. Take the shape from the "
                "image, or from what is computed of it before the first activation."
            )


def _node(traced: torch.fx.GraphModule, node: torch.fx.Node) -> Node:
    if node.op == "placeholder":
        return Node(node.name, Kind.INPUT, place="the network's input")
    if node.op == "get_attr":
        value = _attribute(traced, node.target).detach().clone()
        return Node(node.name, Kind.CONSTANT, place=node.target, value=value)
    target = traced.get_submodule(node.target) if node.op == "call_module" else node.target
    if not isinstance(target, nn.Module):
        target = wiring.OUT_OF_PLACE.get(target, target)
    inputs = tuple(source.name for source in node.all_input_nodes)
    place = _place(node, target)
    if isinstance(target, SYNAPSES):
        return Node(node.name, Kind.SYNAPSE, inputs, place=place, module=target)
    if isinstance(target, nn.ReLU) or (not isinstance(target, nn.Module) and target in RELU_CALLS):
        return Node(node.name, Kind.SITE, inputs, place=place)
    if _is_fill(node, target):
        return Node(node.name, Kind.WIRING, inputs, place=place, call=_filler(node, target))
    if not wiring.is_linear(target) or _scales_nonlinearly(node, target):
        raise BenchError(
            f"Node '{node.name}', {place}, cannot be converted: it is neither a synapse (conv, "
            "transposed conv, linear), nor ReLU, nor known linear wiring. Replace it in the "
            "backbone by ReLU and linear operations, or add it to graph/operations.py."
        )
    routed = wiring.routes_spikes(target, node.args, node.kwargs)
    adds = not isinstance(target, nn.Module) and target in wiring.ADDITIONS | wiring.SUBTRACTIONS
    return Node(
        node.name,
        Kind.WIRING,
        inputs,
        place=place,
        call=_caller(node, _function(target), adds),
        indicate=_caller(node, wiring.indicator(target), adds) if routed else None,
        adds=adds,
    )


def _caller(node: torch.fx.Node, function: Callable, adds: bool) -> Callable[..., Tensor]:
    """Bind the node's other arguments: the result takes the input tensors alone, in order.

    A number that is added is part of the bias: with `bias=False` it counts as 0.
    """
    sources = node.all_input_nodes

    def call(*tensors: Tensor, bias: bool = True) -> Tensor:
        bound = dict(zip(sources, tensors, strict=True))
        args, kwargs = map_arg((node.args, node.kwargs), bound.__getitem__)
        if adds and not bias:
            args = tuple(arg if isinstance(arg, Tensor) else 0.0 for arg in args)
            if isinstance(kwargs.get("other"), int | float):
                kwargs = {**kwargs, "other": 0.0}
        return function(*args, **kwargs)

    return call


def _filler(node: torch.fx.Node, function: Callable) -> Callable[..., Tensor]:
    """Bind a constant in the shape of its input. It is part of the bias: 0 with `bias=False`."""
    fill = _caller(node, function, adds=False)

    def call(tensor: Tensor, *, bias: bool = True) -> Tensor:
        return fill(tensor) if bias else torch.zeros_like(fill(tensor))

    return call


def _is_fill(node: torch.fx.Node, target: Callable | str | nn.Module) -> bool:
    """Tell whether the value is the same number everywhere, whatever the tensor of that shape."""
    others = (*node.args[1:], *node.kwargs.values())
    return target in wiring.FILLS and not any(isinstance(o, torch.fx.Node) for o in others)


def _function(target: Callable | str | nn.Module) -> Callable[..., Tensor]:
    return getattr(torch.Tensor, target) if isinstance(target, str) else target


def _scales_nonlinearly(node: torch.fx.Node, target: Callable | str | nn.Module) -> bool:
    """Tell whether a product or quotient is not one tensor times a number: x * y, 1 / x, x // 2."""
    if isinstance(target, nn.Module) or target not in wiring.SCALINGS:
        return False
    values = [*node.args, *node.kwargs.values()]
    numbers = [value for value in values if isinstance(value, int | float)]
    divides_by_tensor = target in wiring.DIVISIONS and not isinstance(values[0], torch.fx.Node)
    return len(values) - len(numbers) != 1 or divides_by_tensor


def _attribute(traced: torch.fx.GraphModule, path: str) -> Tensor:
    value = traced
    for part in path.split("."):
        value = getattr(value, part)
    return value


def _place(node: torch.fx.Node, target: Callable | str | nn.Module) -> str:
    if isinstance(target, nn.Module):
        return f"module {node.target} ({type(target).__name__})"
    return f"call of {getattr(target, '__name__', target)}"
