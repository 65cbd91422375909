"""A backbone's compiled graph as plain data, so that it can be drawn without torch."""

from pathlib import Path

from torch import nn

from spikebench.ann.backbone import ROOT, BackboneSpec, build
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.nodes import Kind, Node
from spikebench.snn.graph.synapse import Synapse


def described_graph(spec: BackboneSpec, root: Path = ROOT) -> list[dict[str, object]]:
    """Return the nodes that change with the image, in execution order; the last is the output.

    Each has `name`, `kind` (input, synapse, site, wiring or analogue), `inputs` (names of such
    nodes), `role` (of a site: activation or relay) and `what` it is: "Conv2d 3x3, 48 → 48", "ReLU",
    "cat". A constant that is added is part of the bias, and left out. Weights do not matter for any
    of it.
    """
    graph = compile_graph(build(spec, root).eval())
    kept = {node.name for node in graph if node.kind is not Kind.CONSTANT}
    return [
        {
            "name": node.name,
            "kind": node.kind.name.lower(),
            "inputs": [name for name in node.inputs if name in kept],
            "role": node.role,
            "what": _what(node),
        }
        for node in graph
        if node.name in kept
    ]


def _what(node: Node) -> str:
    if node.kind is Kind.INPUT:
        return "input"
    if node.module is not None:
        return _synapse(node.module)
    if node.role != "activation":
        return node.role
    return node.place.removeprefix("call of ").rpartition("(")[2].rstrip(")")


def _synapse(module: Synapse) -> str:
    """Return the kind of the layer, its kernel and its channels, and what else is unusual."""
    name = type(module).__name__
    if isinstance(module, nn.Linear):
        return f"{name} {module.in_features} → {module.out_features}"
    kernel = "x".join(map(str, module.kernel_size))
    unusual = {"stride": module.stride, "dilation": module.dilation}
    words = [f"{key} {value[0]}" for key, value in unusual.items() if set(value) != {1}]
    words += [f"{module.groups} groups"] if module.groups > 1 else []
    return ", ".join([f"{name} {kernel}", f"{module.in_channels} → {module.out_channels}", *words])
