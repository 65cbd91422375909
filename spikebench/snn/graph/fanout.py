"""How far a spike reaches: from its neuron, through routing, into a synapse's outputs."""

import torch
from torch import Tensor

from spikebench.snn.graph.nodes import Graph, Node
from spikebench.snn.graph.synapse import fan_out


def fan_outs(graph: Graph, synapse: Node, shapes: dict[str, torch.Size]) -> dict[str, Tensor]:
    """Return, for every site that feeds `synapse`, the number of outputs each neuron reaches.

    `shapes` holds the sites' shapes (N, C, H, W). The result is float64, (1, 1, H, W) where the
    site is read directly, else (1, C, H, W): the fan-out at the synapse's input, pulled back
    through the routing by the transpose of its indicator operation. Where sizes are part of the
    graph it is (N, C, H, W), since routing may take maps of the batch together.
    """
    source = synapse.inputs[0]
    if list(shapes) == [source]:
        return {source: fan_out(synapse.synapse, shapes[source])}
    with torch.inference_mode(False), torch.enable_grad():
        indicators = {
            site: torch.zeros(
                shape[0] if graph.size else 1, *shape[1:], dtype=torch.float64, requires_grad=True
            )
            for site, shape in shapes.items()
        }
        arrived = _routed(graph, source, indicators)
        reach = fan_out(synapse.synapse, arrived.shape).expand_as(arrived)
        pulled = torch.autograd.grad(arrived, list(indicators.values()), reach)
    return dict(zip(indicators, pulled, strict=True))


def _routed(graph: Graph, name: str, indicators: dict[str, Tensor]) -> Tensor:
    if name in indicators:
        return indicators[name]
    node = graph[name]
    assert node.indicate is not None  # else its spikes would not arrive as such
    return node.indicate(*(_routed(graph, source, indicators) for source in node.inputs))
