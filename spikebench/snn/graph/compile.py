"""Compile a backbone: every operation becomes a node of a known kind, or is refused."""

from dataclasses import dataclass, field, replace
from typing import Any

import torch
import torch.fx
from torch import Tensor, nn

from spikebench.errors import BenchError
from spikebench.snn.graph.call import WITHIN, Call, Compute
from spikebench.snn.graph.nodes import Graph, Kind, Node
from spikebench.snn.graph.operations.operation import Operation
from spikebench.snn.graph.operations.table import operation
from spikebench.snn.graph.stages import with_levels
from spikebench.snn.graph.trace import Trace, trace
from spikebench.snn.graph.tracing.tracer import attribute

KEPT = 4  # graphs for other sizes of images


def compile_graph(module: nn.Module, size: torch.Size | None = None) -> Graph:
    """Compile `module` (norms folded, activations per call) and put relays where needed.

    A relay site stands before every synapse whose input changes over time, or is analogue, but is
    not spikes: a residual sum without activation, an interpolated map, a gated one. `size`
    (N, C, H, W) is that of the images to begin with; it matters where the network asks for sizes.
    Raises `BenchError` naming node and module path for any operation that the table of
    operations does not have.
    """
    with torch.inference_mode(False):  # else weights of the copy could not be learnt
        traced = trace(module, size)
        graph = with_relays(with_levels(Graph(_nodes(traced.module, module))))
    return graph if traced.size is None else _sized(graph, traced, module)


def with_relays(graph: Graph) -> Graph:
    """Return the graph with a relay site behind every analogue source of an inner synapse."""
    while source := _without_relay(graph):
        readers = [synapse.name for synapse in graph.synapses if synapse.inputs[0] == source]
        graph = with_levels(graph.with_site(source, "relay", readers))
    return graph


def _without_relay(graph: Graph) -> str:
    """Return the first analogue source of an inner synapse, "" where there is none left."""
    inner = _inner(graph)
    sources = (synapse.inputs[0] for synapse in graph.synapses)
    lacking = (s for s in sources if s in inner and graph.spike_sources(s) is None)
    return next(lacking, "")


def _inner(graph: Graph) -> set[str]:
    """Return the names of nodes with a site or an analogue node behind them, or that are one."""
    found: set[str] = set()
    for node in graph:
        if node.kind in (Kind.SITE, Kind.ANALOGUE) or not found.isdisjoint(node.inputs):
            found.add(node.name)
    return found


def _nodes(traced: torch.fx.GraphModule, module: nn.Module) -> list[Node]:
    nodes = [_node(traced, node) for node in traced.graph.nodes if node.op != "output"]
    read = {name for node in nodes for name in node.inputs}
    nodes = [node for node in nodes if node.kind is not Kind.CONSTANT or node.name in read]
    output = next(node for node in traced.graph.nodes if node.op == "output").args[0]
    if not isinstance(output, torch.fx.Node) or not nodes or output.name != nodes[-1].name:
        raise BenchError(
            f"{type(module).__name__} returns {output}: expected one tensor, the result of the last"
            " operation. Return the restored image alone and drop unused branches."
        )
    inputs = [node.name for node in nodes if node.kind is Kind.INPUT]
    if len(inputs) != 1:
        raise BenchError(
            f"{type(module).__name__} takes {len(inputs)} inputs ({', '.join(inputs)}); expected "
            "one, the degraded image. Make the others constants of the module."
        )
    _check_fills(traced, Graph(nodes))
    return nodes


def _check_fills(traced: torch.fx.GraphModule, graph: Graph) -> None:
    for node in traced.graph.nodes:
        call = Call.of(traced, node)
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
    call = Call.of(traced, node)
    if call is None:
        value = attribute(traced, str(node.target)).detach().clone()
        return Node(node.name, Kind.CONSTANT, place=str(node.target), value=value)
    found = operation(call)
    if found is None or found.rewrite:
        raise BenchError(
            f"Node '{node.name}', {call.place}, cannot be converted: it is not in the table of "
            "operations (docs/operations.md) with these arguments. Replace it in the backbone by "
            "operations that are, or add it to spikebench/snn/graph/operations."
        )
    return _converted(call, found)


def _converted(call: Call, found: Operation) -> Node:
    fixed = call.parameters if found.factor else {}
    inputs = tuple(s.name for s in call.node.all_input_nodes if s not in fixed)
    node = Node(
        call.node.name, found.kind, inputs, call.place, within=bool(call.node.meta.get(WITHIN))
    )
    if found.kind is Kind.SYNAPSE:
        assert isinstance(call.target, nn.Conv2d | nn.ConvTranspose2d | nn.Linear)
        return replace(node, module=call.target)
    if found.kind is Kind.SITE:
        return node
    if found.fills:
        return replace(node, call=call.filled())
    if found.kind is Kind.ANALOGUE:
        assert found.cost is not None
        compute = call.bound(_in_the_type_of_its_input(call))
        return replace(node, call=compute, count=found.cost(call), analogue=found.name)
    without = found.without_bias
    spread = call.bound(found.indicate(call), without, fixed)
    return replace(
        node,
        call=call.bound(call.function, without, fixed),
        indicate=spread if found.routes(call) else None,
        spread=spread,
        adds=found.adds,
    )


def _in_the_type_of_its_input(call: Call) -> Compute:
    """Return what an analogue call computes; its parameters follow the network, type and device."""
    module = call.target
    if not isinstance(module, nn.Module):
        return call.function

    def compute(*args: Any, **kwargs: Any) -> Tensor:
        found: Tensor = module.to(args[0])(*args, **kwargs)
        return found

    return compute


def _sized(graph: Graph, traced: Trace, module: nn.Module) -> Graph:
    return replace(graph, size=traced.size, resized=_Resizer(module))


@dataclass
class _Resizer:
    """Compiles a module again for other sizes of images, with the weights and sites of a graph."""

    module: nn.Module
    kept: dict[torch.Size, Graph] = field(default_factory=dict)

    def __call__(self, graph: Graph, size: torch.Size) -> Graph:
        if size not in self.kept:
            self.kept = dict(list(self.kept.items())[1 - KEPT :])
            self.kept[size] = compile_graph(self.module, size)
        fresh = self.kept[size]
        names = {node.name for node in graph}
        known = {name for name in names if graph[name].kind in (Kind.SYNAPSE, Kind.CONSTANT)}
        nodes = [_as_in(graph, node) if node.name in known else node for node in fresh]
        found = replace(fresh, nodes=nodes, resized=self)
        for site in graph.sites:
            if site.role == "output":
                source = graph[site.name].inputs[0]
                found = found.with_site(source, "output", found.users[source])
        return found


def _as_in(graph: Graph, node: Node) -> Node:
    """Return a node with the weights or the value that it has in another graph."""
    old = graph[node.name]
    if old.value is not None and node.value is not None and old.value.shape != node.value.shape:
        return replace(node, value=node.value.to(old.value))
    return replace(node, module=old.module, value=old.value)
