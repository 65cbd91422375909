"""Tokens become maps: synapses and neurons see (N, C, H, W) wherever that is possible.

A linear layer on features (N, C), on tokens (N, L, C) or on a channels-last map (N, H, W, C) is a
1x1 convolution on (N, C, 1, 1), (N, C, L, 1) or (N, C, H, W). An activation there is one on such a
map. Thresholds by channel, fan-outs and counters then need to know one layout alone. Only in a
network that takes images of one size may a linear layer stay what it is, on a flattened map.
"""

from typing import Any

import torch
import torch.fx
from torch import Tensor, nn

from spikebench.snn.graph.call import PLACE


def to_map(tokens: Tensor) -> Tensor:
    """Bring (N, C), (N, L, C), (.., H, W, C) to (N, C, H, W); sides that are missing are 1."""
    if tokens.dim() == 2:
        return tokens[:, :, None, None]
    moved = tokens.movedim(-1, -3) if tokens.dim() > 3 else tokens.transpose(1, 2)[..., None]
    return moved.flatten(0, -4)


def from_map(value: Tensor, leading: tuple[int, ...]) -> Tensor:
    """Bring a map (N, C, H, W) back to tokens; `leading` are all sizes but the last, C."""
    if len(leading) == 1:
        return value[:, :, 0, 0]
    if len(leading) == 2:
        return value[..., 0].transpose(1, 2)
    moved = value.movedim(-3, -1)
    return moved if len(leading) == 3 else moved.unflatten(0, leading[:-2])


def tokens_to_maps(traced: torch.fx.GraphModule, shapes: dict[str, torch.Size]) -> bool:
    """Let linear layers and activations on tokens see maps; `shapes` are the nodes' values'.

    Return whether sizes were written into the trace, for tokens of more than four dimensions.
    """
    sized = False
    for node in list(traced.graph.nodes):
        shape = shapes.get(node.name, torch.Size())
        if _is_linear(traced, node) and len(shape) > 1:
            layer = traced.get_submodule(str(node.target))
            assert isinstance(layer, nn.Linear)
            name = f"{node.name}_by_position"
            traced.add_submodule(name, _convolution(layer))
            _wrap(traced, node, "call_module", name, shape)
        elif _is_relu(traced, node) and (len(shape) not in (0, 4) or _behind_tokens(node)):
            _wrap(traced, node, node.op, node.target, shape)
        else:
            continue
        sized = sized or len(shape) > 4
    return sized


def _wrap(
    traced: torch.fx.GraphModule, node: torch.fx.Node, op: str, target: Any, shape: torch.Size
) -> None:
    graph, place = traced.graph, node.meta.get(PLACE, f"module {node.target}")
    with graph.inserting_before(node):
        before = graph.call_function(to_map, (node.args[0],))
        inner = graph.create_node(op, target, (before,), {}, name=f"{node.name}_on_map")
        after = graph.call_function(from_map, (inner, tuple(shape[:-1])))
    inner.meta[PLACE] = place
    node.replace_all_uses_with(after)
    graph.erase_node(node)


def _convolution(layer: nn.Linear) -> nn.Conv2d:
    bias = layer.bias is not None
    found = nn.Conv2d(layer.in_features, layer.out_features, 1, bias=bias, dtype=layer.weight.dtype)
    with torch.no_grad():
        found.weight.copy_(layer.weight[:, :, None, None])
        if bias and found.bias is not None:
            found.bias.copy_(layer.bias)
    return found.eval().requires_grad_(False)


def _is_linear(traced: torch.fx.GraphModule, node: torch.fx.Node) -> bool:
    return node.op == "call_module" and isinstance(
        traced.get_submodule(str(node.target)), nn.Linear
    )


def _behind_tokens(node: torch.fx.Node) -> bool:
    source = node.args[0]
    return isinstance(source, torch.fx.Node) and source.target is from_map


def _is_relu(traced: torch.fx.GraphModule, node: torch.fx.Node) -> bool:
    if node.op == "call_module":
        return isinstance(traced.get_submodule(str(node.target)), nn.ReLU)
    names = {torch.relu, torch.nn.functional.relu, "relu"}
    return node.op in ("call_function", "call_method") and node.target in names
