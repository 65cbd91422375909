"""Calls that return several tensors (chunk, split, unbind) become one call for each of these."""

import operator
from typing import Any

import torch
import torch.fx
from torch import Tensor

SPLITS = ("chunk", "split", "unbind", "tensor_split")
LARGEST = ("max", "min")  # over a dimension: values and places


def part(split: str, index: int, tensor: Tensor, *args: Any) -> Tensor:
    """Return one of the tensors into which a method divides a tensor; `args` are its own."""
    found: Tensor = getattr(tensor, split)(*args)[index]
    return found


def split_of(op: str, target: Any) -> str:
    """Return the name of the method that a call divides a tensor by, or ""."""
    if op == "call_method":
        return target if target in (*SPLITS, *LARGEST) else ""
    names = (*SPLITS, *LARGEST) if op == "call_function" else ()
    return next((name for name in names if target is getattr(torch, name)), "")


def take_parts(traced: torch.fx.GraphModule) -> None:
    """Replace every part that is taken of a split tensor by a call of `part`."""
    for node in list(traced.graph.nodes):
        split = split_of(node.op, node.target)
        if not split:
            continue
        for user in list(node.users):
            if user.target is not operator.getitem or type(user.args[1]) is not int:
                break
            if user.users:  # else nothing reads this part
                args = (split, user.args[1], *node.args, *node.kwargs.values())
                with traced.graph.inserting_before(user):
                    user.replace_all_uses_with(traced.graph.call_function(part, args))
            traced.graph.erase_node(user)
        if not node.users:
            traced.graph.erase_node(node)
