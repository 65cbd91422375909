"""Compile a backbone: every operation becomes a node of a known kind, or is refused."""

import operator

import torch
import torch.fx
from torch import Tensor, nn

from spikebench.errors import BenchError
from spikebench.snn.graph.call import Call, Target
from spikebench.snn.graph.nodes import Graph, Kind, Node
from spikebench.snn.graph.operations import Operation, operation
from spikebench.snn.graph.trace import trace

OUT_OF_PLACE: dict[Target, Target] = {
    operator.iadd: operator.add,
    operator.isub: operator.sub,
    "add_": "add",
    "sub_": "sub",
}


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
        call = _call(traced, node)
        found = call and operation(call)
        if call and found and found.fills and node.name in graph.driven:
            raise BenchError(
                f"Node '{node.name}', {call.place}, has the shape of a tensor that changes over "
                "time, so it would count as changing too. Take the shape from the image, or from "
                "what is computed of it before the first activation."
            )


def _node(traced: torch.fx.GraphModule, node: torch.fx.Node) -> Node:
    if node.op == "placeholder":
        return Node(node.name, Kind.INPUT, place="the network's input")
    call = _call(traced, node)
    if call is None:
        value = _attribute(traced, str(node.target)).detach().clone()
        return Node(node.name, Kind.CONSTANT, place=str(node.target), value=value)
    found = operation(call)
    if found is None:
        raise BenchError(
            f"Node '{node.name}', {call.place}, cannot be converted: it is neither a synapse "
            "(conv, transposed conv, linear), nor ReLU, nor known linear wiring. Replace it in the "
            "backbone by ReLU and linear operations, or add it to graph/operations.py."
        )
    return _converted(call, found)


def _converted(call: Call, found: Operation) -> Node:
    inputs = tuple(source.name for source in call.node.all_input_nodes)
    name, place = call.node.name, call.place
    if found.kind is Kind.SYNAPSE:
        assert isinstance(call.target, nn.Conv2d | nn.ConvTranspose2d | nn.Linear)
        return Node(name, Kind.SYNAPSE, inputs, place=place, module=call.target)
    if found.kind is Kind.SITE:
        return Node(name, Kind.SITE, inputs, place=place)
    if found.fills:
        return Node(name, Kind.WIRING, inputs, place=place, call=call.filled())
    without_bias = found.without_bias
    routed = call.bound(found.indicate(call), without_bias) if found.routes(call) else None
    compute = call.bound(call.function, without_bias)
    return Node(
        name, Kind.WIRING, inputs, place=place, call=compute, indicate=routed, adds=found.adds
    )


def _call(traced: torch.fx.GraphModule, node: torch.fx.Node) -> Call | None:
    """Return what a node calls; None for the network's input, output and attributes."""
    if node.op == "call_module":
        return Call(node, traced.get_submodule(str(node.target)))
    if node.op not in ("call_function", "call_method"):
        return None
    return Call(node, OUT_OF_PLACE.get(node.target, node.target))


def _attribute(traced: torch.fx.GraphModule, path: str) -> Tensor:
    value: object = traced
    for part in path.split("."):
        value = getattr(value, part)
    assert isinstance(value, Tensor)
    return value
