"""What is linear between sites: the layer whose currents enter one of them."""

from dataclasses import dataclass

from torch import Tensor

from spikebench.snn.graph.forward import linear
from spikebench.snn.graph.nodes import Graph, Kind, Node, Site


@dataclass
class Layer:
    """What is linear between the sites before a site (`sources`) and this site."""

    nodes: list[Node]
    sources: list[str]
    graph: Graph
    site: str

    @classmethod
    def before(cls, graph: Graph, site: Site | Node) -> "Layer":
        """Return the layer whose currents enter `site`."""
        wanted, nodes, sources = set(graph[site.name].inputs), [], []
        for node in reversed(graph.until(site.name).nodes[:-1]):
            if node.name not in wanted:
                continue
            if node.kind is Kind.SITE:
                sources.append(node.name)
            else:
                nodes.append(node)
                wanted.update(node.inputs)
        return cls(nodes[::-1], sources, graph, site.name)

    def __call__(self, image: Tensor, sent: dict[str, Tensor]) -> Tensor:
        """Return the current for an image and what the sources send, differentiably."""
        values = dict(sent)
        graph = self.graph.at(image.shape)
        nodes = self.nodes if graph is self.graph else Layer.before(graph, graph[self.site]).nodes
        for node in nodes:
            inputs = [values[name] for name in node.inputs]
            values[node.name] = linear(node, inputs, image)
        return values[nodes[-1].name]
