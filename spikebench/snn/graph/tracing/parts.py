"""Calls that return several tensors (chunk, split, unbind) become one call for each of these."""

import operator
from collections.abc import Callable
from typing import Any

import torch
import torch.fx
from torch import Tensor

SPLITS = {torch.chunk, torch.split, torch.unbind, torch.tensor_split}
SPLITS_BY_NAME = {"chunk", "split", "unbind", "tensor_split"}
LARGEST = {torch.max, torch.min}  # over a dimension: values and places
LARGEST_BY_NAME = {"max", "min"}


def part(split: Callable[..., Any] | str, index: int, tensor: Tensor, *args: Any) -> Tensor:
    """Return one of the tensors into which `split` divides a tensor; `args` are split's own."""
    function = getattr(torch.Tensor, split) if isinstance(split, str) else split
    found: Tensor = function(tensor, *args)[index]
    return found


def take_parts(traced: torch.fx.GraphModule) -> None:
    """Replace every part that is taken of a split tensor by a call of `part`."""
    for node in list(traced.graph.nodes):
        function = node.op == "call_function"
        splits = SPLITS | LARGEST if function else SPLITS_BY_NAME | LARGEST_BY_NAME
        if node.op not in ("call_function", "call_method") or node.target not in splits:
            continue
        for user in list(node.users):
            if user.target is not operator.getitem or type(user.args[1]) is not int:
                break
            args = (node.target, user.args[1], *node.args, *node.kwargs.values())
            with traced.graph.inserting_before(user):
                new = traced.graph.create_node("call_function", part, args)
            user.replace_all_uses_with(new)
            traced.graph.erase_node(user)
        if not node.users:
            traced.graph.erase_node(node)
