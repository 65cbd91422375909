"""A network with analogue nodes runs in stages, each of which begins where the last one ended.

An analogue node, such as a gate, is no linear function, so that it must not be taken of single
spikes: it reads the mean over time. What it reads belongs to an earlier stage, which has taken all
its steps by then; what it gives is constant in the stage behind it, as the image is in the first.
The level of a node is the number of its stage.
"""

from dataclasses import dataclass, replace

from spikebench.snn.graph.nodes import Graph, Kind, Node


@dataclass(frozen=True)
class Stage:
    """The nodes of one level as a graph of their own.

    `given` are nodes of earlier stages that it reads: inputs here. `graph.wanted` are its nodes
    that later stages read.
    """

    graph: Graph
    given: tuple[str, ...]


def with_levels(graph: Graph) -> Graph:
    """Return the graph with the level of each node."""
    levels: dict[str, int] = {}
    driven: set[str] = set()
    nodes = []
    for node in graph:
        level = max((levels[name] for name in node.inputs), default=0)
        hears = any(name in driven and levels[name] == level for name in node.inputs)
        if node.kind is Kind.ANALOGUE:
            level += hears
        elif node.kind is Kind.SITE or hears:
            driven.add(node.name)
        levels[node.name] = level
        nodes.append(node if node.level == level else replace(node, level=level))
    return graph.with_nodes(nodes)


def is_staged(graph: Graph) -> bool:
    """Tell whether an analogue node waits for neurons."""
    return any(node.level for node in graph)


def stages(graph: Graph) -> list[Stage]:
    """Return the stages in order; a network without analogue nodes behind neurons has one.

    A graph cut out of another may lack whole levels: they are no stages.
    """
    return [_stage(graph, level) for level in sorted({node.level for node in graph})]


def _stage(graph: Graph, level: int) -> Stage:
    own = [node for node in graph if node.level == level]
    names = {node.name for node in own}
    read = {name for node in own for name in node.inputs} - names
    given = tuple(node.name for node in graph if node.name in read)
    behind = {name for node in graph if node.level > level for name in node.inputs}
    wanted = tuple(node.name for node in own if node.name in behind or node.name == graph.output)
    inputs = [Node(name, Kind.INPUT, place=graph[name].place, level=level) for name in given]
    return Stage(replace(graph, nodes=[*inputs, *own], wanted=wanted, resized=None), given)
