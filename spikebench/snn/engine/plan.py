"""The order of work for a graph: what runs once, at every step, and once for each T."""

from spikebench.snn.graph.nodes import Graph, Kind, Node


class Plan:
    """`head` runs once for each drive, `body` at every step, `tail` once for each recorded T.

    `frontier`: sites whose spikes are summed. `settling`: linear body nodes that are computed of
    the sums, since the tail or a later stage reads them. `dead_after`: the values that nothing
    reads any more after a body node. `overwrites_input`: sites that may write their spikes over
    their current. `feeding`: synapses that nothing but such a site reads. `layers_before`: how many
    layers of neurons lie before each node, on the longest path.
    """

    def __init__(self, graph: Graph) -> None:
        self.head = [node for node in graph if node.name not in graph.driven]
        self.tail = [node for node in graph if node.name in graph.tail]
        self.body = [n for n in graph if n.name in graph.driven - graph.tail]
        self.frontier = set(graph.frontier)
        self.settling = graph.settling
        self.layers_before = self._layers_before(graph)
        self.dead_after = self._dead_after(graph)
        self.overwrites_input = {n.name for n in self.body if self._owns_input(graph, n)}
        sources = {graph[node].inputs[0] for node in self.overwrites_input}
        self.feeding = {name for name in sources if graph[name].kind is Kind.SYNAPSE}

    @property
    def layers(self) -> int:
        """Return how many layers of neurons there are, on the longest path."""
        sites = [node.name for node in self.body if node.kind is Kind.SITE]
        return 1 + max(map(self.layers_before.__getitem__, sites), default=-1)

    def _layers_before(self, graph: Graph) -> dict[str, int]:
        before: dict[str, int] = {}
        for node in graph:
            sources = ((before[name], graph[name].kind is Kind.SITE) for name in node.inputs)
            before[node.name] = max((count + fires for count, fires in sources), default=0)
        return before

    def _dead_after(self, graph: Graph) -> dict[str, list[str]]:
        """Return, for each body node, the body values that nothing reads any more after it."""
        last_use = {node.name: node.name for node in self.body}
        for node in self.body:
            last_use |= {name: node.name for name in node.inputs if name in last_use}
        dead: dict[str, list[str]] = {node.name: [] for node in self.body}
        for name, user in last_use.items():
            dead[user].append(name)
        return dead

    def _owns_input(self, graph: Graph, node: Node) -> bool:
        """Tell whether a site may write its spikes over its current, which nothing else reads."""
        if node.kind is not Kind.SITE:
            return False
        source = graph[node.inputs[0]]
        fresh = source.kind is Kind.SYNAPSE or source.adds
        alone = graph.users[source.name] == [node.name] and source.name not in self.frontier
        return fresh and alone and source.name in graph.driven
