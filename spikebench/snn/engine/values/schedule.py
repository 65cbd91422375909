"""When each layer sends, where every layer waits for its whole input: windows of steps."""

from collections.abc import Iterable, Mapping

from spikebench.snn.graph.nodes import Graph, Kind, Node
from spikebench.snn.model.codes.coded import Coded


class Schedule:
    """The windows of all sites, each as early as its input is complete.

    `latency`: steps from the image to the output, the windows on the longest path. Layers that do
    not wait for each other send at the same time.
    """

    def __init__(self, graph: Graph, neurons: Mapping[str, Coded]) -> None:
        self._graph = graph
        self._windows: dict[str, tuple[int, int]] = {}  # first step, and the one behind the last
        done: dict[str, int] = {}
        for node in graph:
            start = max((done[name] for name in node.inputs), default=0)
            done[node.name] = start
            if node.kind is Kind.SITE:
                done[node.name] += neurons[node.name].window
                self._windows[node.name] = start, done[node.name]
        self.latency = done[graph.output]

    def listening(self, node: Node) -> tuple[list[str], int]:
        """Return the sites whose events a node brings to potentials, and in how many steps.

        These are synapses, and sums that events enter as such.
        """
        names = node.inputs if node.kind is Kind.SYNAPSE or node.adds else ()
        sites = [site for name in names for site in self._graph.spike_sources(name) or ()]
        return sites, _covered(self._windows[site] for site in sites)

    def updates(self, synapse: Node) -> int:
        """Return in how many steps the neurons behind a synapse integrate, or send.

        A current may reach several sites, such as all that a residual trunk leads to; each sends
        behind synapses of its own, and one of them counts here.
        """
        _, steps = self.listening(synapse)
        sent = (_covered([self._windows[site]]) for site in self._behind(synapse.name))
        return steps + max(sent, default=0)

    def _behind(self, name: str) -> list[str]:
        """Return the sites that a node reaches through wiring alone."""
        found: list[str] = []
        for user in self._graph.users[name]:
            kind = self._graph[user].kind
            if kind is Kind.SITE:
                found.append(user)
            elif kind is Kind.WIRING:
                found += self._behind(user)
        return found


def _covered(windows: Iterable[tuple[int, int]]) -> int:
    """Return the number of steps that lie in any of some windows."""
    total = end = 0
    for first, last in sorted(windows):
        total += max(0, last - max(first, end))
        end = max(end, last)
    return total
