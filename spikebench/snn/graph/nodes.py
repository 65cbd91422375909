"""The compiled network: synapses, activation sites and linear wiring in execution order."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from spikebench.snn.graph.synapse import Synapse


class Kind(Enum):
    """What a node is; there is nothing else in a compiled network."""

    INPUT = auto()
    CONSTANT = auto()  # a parameter or buffer used by itself: part of the bias
    SYNAPSE = auto()  # conv, transposed conv, linear
    SITE = auto()  # a call of an activation, a relay or the spiking output layer
    WIRING = auto()  # linear, without weights
    ANALOGUE = auto()  # what no neuron computes: on means over time, once for each recorded T


@dataclass(frozen=True)
class Work:
    """What an analogue node takes.

    `macs` are multiply-accumulates, `special` exponentials, roots and quotients, `state` additions
    and comparisons.
    """

    macs: int = 0
    special: int = 0
    state: int = 0


Count = Callable[
    [list[Tensor], Tensor], Work
]  # of an analogue node: from its inputs and its result
Cost = Callable[[Any], Count]  # from a call of an operation


@dataclass(frozen=True)
class Node:
    """One operation of the compiled network.

    `inputs` are names of earlier nodes. `call(*tensors)` computes a wiring node, `indicate` is the
    same on event indicators (None where spikes do not survive the operation), `spread` the same
    with no coefficient below zero, also where spikes do not survive. `module` holds a synapse's
    weights. `place` is where a person finds the operation in the backbone.
    """

    name: str
    kind: Kind
    inputs: tuple[str, ...] = ()
    place: str = ""
    call: Callable[..., Tensor] | None = None
    indicate: Callable[..., Tensor] | None = None
    spread: Callable[..., Tensor] | None = None
    module: Synapse | None = None
    value: Tensor | None = None
    role: str = "activation"  # of a site: activation | relay | output
    adds: bool = False  # a wiring node that costs one addition per element
    within: bool = False  # part of an operation that the ANN does at once
    count: Count | None = None  # of an analogue node
    analogue: str = ""  # which operation it is, in words
    level: int = 0  # how many analogue nodes in a row wait for neurons before this one

    @property
    def synapse(self) -> Synapse:
        """The module of a synapse node. Raises `TypeError` for another node."""
        if self.module is None:
            raise self._is_no("synapse")
        return self.module

    @property
    def op(self) -> str:
        """The class of a synapse node's module, such as "Conv2d", or an analogue operation."""
        return self.analogue or type(self.synapse).__name__

    @property
    def constant(self) -> Tensor:
        """The value of a constant node. Raises `TypeError` for another node."""
        if self.value is None:
            raise self._is_no("constant")
        return self.value

    @property
    def compute(self) -> Callable[..., Tensor]:
        """What computes a wiring or analogue node from its inputs. `TypeError` for another node."""
        if self.call is None:
            raise self._is_no("wiring")
        return self.call

    @property
    def work(self) -> Count:
        """What counts the work of an analogue node. Raises `TypeError` for another node."""
        if self.count is None:
            raise self._is_no("analogue node")
        return self.count

    def _is_no(self, kind: str) -> TypeError:
        return TypeError(f"Node '{self.name}' ({self.place}) is {self.kind.name}, no {kind}.")


@dataclass(frozen=True)
class Site:
    """A place for neurons: one call of an activation (not one module), a relay or the output."""

    name: str
    role: str
    place: str


@dataclass
class Graph:
    """Nodes in execution order; the last one is the network's output.

    `wanted` are nodes whose values are read besides. `size` (N, C, H, W) is the only size of images
    that the graph serves, None where it serves all; `resized` then makes of it the same graph for
    another size.
    """

    nodes: list[Node] = field(default_factory=list)
    wanted: tuple[str, ...] = ()
    size: torch.Size | None = None
    resized: Callable[["Graph", torch.Size], "Graph"] | None = None

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __getitem__(self, name: str) -> Node:
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Node]:
        return {node.name: node for node in self.nodes}

    @property
    def input(self) -> str:
        """The name of the first input node, the image."""
        return next(node.name for node in self.nodes if node.kind is Kind.INPUT)

    @property
    def output(self) -> str:
        """The name of the node whose value is the network's output."""
        return self.nodes[-1].name

    @property
    def synapses(self) -> list[Node]:
        """The synapse nodes, in execution order."""
        return [node for node in self.nodes if node.kind is Kind.SYNAPSE]

    @property
    def sites(self) -> list[Site]:
        """All places for neurons, in execution order."""
        return [Site(n.name, n.role, n.place) for n in self.nodes if n.kind is Kind.SITE]

    def at(self, size: torch.Size) -> "Graph":
        """Return the graph for images of a size (N, C, H, W), itself where it serves all."""
        if self.size is None or self.size == size or self.resized is None:
            return self
        return self.resized(self, size)

    @cached_property
    def driven(self) -> set[str]:
        """Names of the nodes that change over time: those behind a site of their own level."""
        found: set[str] = set()
        for node in self.nodes:
            if node.kind is Kind.SITE or self._reads(node, found):
                found.add(node.name)
        return found

    def _reads(self, node: Node, driven: set[str]) -> bool:
        """Tell whether a node hears one of these change; what is of a lower level has settled."""
        heard = (name for name in node.inputs if self[name].level == node.level)
        return node.kind is not Kind.ANALOGUE and not driven.isdisjoint(heard)

    @cached_property
    def tail(self) -> set[str]:
        """Names of driven nodes from which no site is reached: linear, so run once per T."""
        feeds_site: set[str] = set()
        for node in reversed(self.nodes):
            if node.kind is Kind.SITE or node.name in feeds_site:
                feeds_site.update(node.inputs)
        return {
            node.name
            for node in self.nodes
            if node.kind is not Kind.SITE and node.name in self.driven - feeds_site
        }

    @property
    def frontier(self) -> list[str]:
        """Names of the sites whose spikes are summed over time, for `settling` and the tail."""
        return [node.name for node in self._settled if node.kind is Kind.SITE]

    @property
    def settling(self) -> list[Node]:
        """Nodes before the tail that it reads, that are wanted, or that lead to such a node.

        They are linear in what sites send: their mean is computed of the sites' means, with biases.
        The sum of what they were over time is not it where biases come in a step that is not read.
        """
        return [node for node in self._settled if node.kind is not Kind.SITE]

    @cached_property
    def _settled(self) -> list[Node]:
        """The driven nodes before the tail that the result is computed of, back to the sites."""
        needed = {name for node in self.nodes if node.name in self.tail for name in node.inputs}
        needed.update(self.wanted or (self.output,))
        for node in reversed(self.nodes):
            if node.name in needed and node.kind is not Kind.SITE:
                needed.update(node.inputs)
        return [n for n in self.nodes if n.name in (needed & self.driven) - self.tail]

    @cached_property
    def users(self) -> dict[str, list[str]]:
        """Names of the nodes that read each node."""
        found: dict[str, list[str]] = {node.name: [] for node in self.nodes}
        for node in self.nodes:
            for name in node.inputs:
                found[name].append(node.name)
        return found

    def spike_sources(self, name: str) -> list[str] | None:
        """Return the sites whose spikes, merely routed, arrive at node `name` as its value.

        None where anything else arrives: a current, the image, a constant.
        """
        node = self[name]
        if node.kind is Kind.SITE:
            return [name]
        if node.kind is not Kind.WIRING or node.indicate is None:
            return None
        sources: list[str] = []
        for source in node.inputs:
            found = self.spike_sources(source) if self[source].level == node.level else None
            if found is None:
                return None
            sources += [site for site in found if site not in sources]
        return sources

    @cached_property
    def read_directly(self) -> set[str]:
        """Names of the sites whose spikes no synapse reads behind routing."""
        routed: set[str] = set()
        for node in self.synapses:
            sources = self.spike_sources(node.inputs[0]) or []
            routed.update(name for name in sources if name != node.inputs[0])
        return {site.name for site in self.sites} - routed

    def until(self, name: str) -> "Graph":
        """Return the graph that ends at node `name`, whose value becomes the output."""
        nodes = self.nodes[: self.nodes.index(self[name]) + 1]
        return Graph(nodes, size=self.size, resized=lambda _, size: self.at(size).until(name))

    def with_nodes(self, nodes: list[Node]) -> "Graph":
        """Return a graph of other nodes in place of these, of the same names."""
        return replace(self, nodes=nodes)

    def with_own_weights(self) -> "Graph":
        """Return a graph in which no two synapse calls share a module, nor with this graph."""
        return self.with_nodes([replace(n, module=copy.deepcopy(n.module)) for n in self.nodes])

    def with_site(self, source: str, role: str, readers: list[str]) -> "Graph":
        """Return a graph with a site inserted behind `source`, read by `readers` instead of it."""
        name, level = f"{source}_{role}", self[source].level
        place = f"{role} behind {source}"
        site = Node(name, Kind.SITE, (source,), place=place, role=role, level=level)
        nodes: list[Node] = []
        for node in self.nodes:
            if node.name in readers:
                inputs = tuple(name if i == source else i for i in node.inputs)
                node = replace(node, inputs=inputs)
            nodes.append(node)
            if node.name == source:
                nodes.append(site)
        return self.with_nodes(nodes)
