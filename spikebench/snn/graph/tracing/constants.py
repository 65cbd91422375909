"""What is computed from parameters alone is computed once; a call with such weights is a layer."""

from collections.abc import Callable
from typing import Any

import torch
import torch.fx
import torch.nn.functional as F
from torch import Tensor, nn

from spikebench.snn.graph.tracing.tracer import attribute


def fold_constants(traced: torch.fx.GraphModule) -> None:
    """Replace every call whose tensors are all parameters or buffers by a buffer of its result."""
    interpreter = torch.fx.Interpreter(traced)
    for node in list(traced.graph.nodes):
        sources = node.all_input_nodes
        if not sources or node.op == "output" or any(s.op != "get_attr" for s in sources):
            continue
        with torch.no_grad():
            interpreter.env = {s: attribute(traced, str(s.target)) for s in sources}
            value = interpreter.run_node(node)
        if isinstance(value, Tensor):
            _replace(traced, node, constant(traced, node, value))
    for node in reversed(traced.graph.nodes):
        if node.op == "get_attr" and not node.users:
            traced.graph.erase_node(node)


def constant(traced: torch.fx.GraphModule, before: torch.fx.Node, value: Tensor) -> torch.fx.Node:
    """Return a new node before another one that holds a value, which becomes a buffer."""
    name = f"_constant_{sum(key.startswith('_constant_') for key in traced._buffers)}"
    traced.register_buffer(name, value.detach().clone())
    with traced.graph.inserting_before(before):
        return traced.graph.get_attr(name)


def layers_of_functions(traced: torch.fx.GraphModule) -> None:
    """Replace `conv2d`, `conv_transpose2d` and `linear` with constant weights by layers."""
    for node in list(traced.graph.nodes):
        build = _LAYERS.get(node.target) if node.op == "call_function" else None
        if build is None:
            continue
        given = dict(zip(_ARGUMENTS[node.target], node.args, strict=False)) | node.kwargs
        tensors = [given["weight"], given.get("bias")]
        if any(isinstance(t, torch.fx.Node) and t.op != "get_attr" for t in tensors):
            continue
        weight, bias = (t if t is None else attribute(traced, str(t.target)) for t in tensors)
        layer = build(weight, bias, given)
        with torch.no_grad():
            layer.weight.copy_(weight)
            if bias is not None:
                layer.bias.copy_(bias)
        name = f"{node.name}_layer"
        traced.add_submodule(name, layer.requires_grad_(False))
        with traced.graph.inserting_before(node):
            _replace(traced, node, traced.graph.call_module(name, (given["input"],)))
    for node in reversed(traced.graph.nodes):
        if node.op == "get_attr" and not node.users:
            traced.graph.erase_node(node)


def _replace(traced: torch.fx.GraphModule, node: torch.fx.Node, new: torch.fx.Node) -> None:
    node.replace_all_uses_with(new)
    traced.graph.erase_node(node)


def _convolution(weight: Tensor, bias: Tensor | None, given: dict[str, Any]) -> nn.Module:
    groups = given.get("groups", 1)
    geometry = {n: given[n] for n in ("stride", "padding", "dilation") if n in given}
    return nn.Conv2d(
        weight.shape[1] * groups,
        weight.shape[0],
        (weight.shape[2], weight.shape[3]),
        groups=groups,
        bias=bias is not None,
        dtype=weight.dtype,
        **geometry,
    )


def _transposed(weight: Tensor, bias: Tensor | None, given: dict[str, Any]) -> nn.Module:
    groups = given.get("groups", 1)
    names = ("stride", "padding", "output_padding", "dilation")
    return nn.ConvTranspose2d(
        weight.shape[0],
        weight.shape[1] * groups,
        (weight.shape[2], weight.shape[3]),
        groups=groups,
        bias=bias is not None,
        dtype=weight.dtype,
        **{n: given[n] for n in names if n in given},
    )


def _linear(weight: Tensor, bias: Tensor | None, given: dict[str, Any]) -> nn.Module:
    target, source = weight.shape
    return nn.Linear(source, target, bias=bias is not None, dtype=weight.dtype)


_OF_A_CONVOLUTION = ("input", "weight", "bias", "stride", "padding")
_LAYERS: dict[Any, Callable[..., Any]] = {
    F.conv2d: _convolution,
    torch.conv2d: _convolution,
    F.conv_transpose2d: _transposed,
    torch.conv_transpose2d: _transposed,
    F.linear: _linear,
}
_ARGUMENTS = {
    F.conv2d: (*_OF_A_CONVOLUTION, "dilation", "groups"),
    torch.conv2d: (*_OF_A_CONVOLUTION, "dilation", "groups"),
    F.conv_transpose2d: (*_OF_A_CONVOLUTION, "output_padding", "groups", "dilation"),
    torch.conv_transpose2d: (*_OF_A_CONVOLUTION, "output_padding", "groups", "dilation"),
    F.linear: ("input", "weight", "bias"),
}
