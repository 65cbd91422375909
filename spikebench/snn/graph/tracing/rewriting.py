"""Rewrite a call as several simpler ones: what an operation's entry in the table says."""

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch.fx
import torch.nn.functional as F
from torch import Tensor

from spikebench.snn.graph.call import PLACE, WITHIN
from spikebench.snn.graph.tracing.constants import constant


@dataclass
class Rewriter:
    """Puts new calls before a node, and says of each where the node was written (`place`)."""

    traced: torch.fx.GraphModule
    node: torch.fx.Node
    place: str
    _made: list[torch.fx.Node] = field(default_factory=list)

    def call(self, function: Callable[..., object], *args: Any, name: str = "") -> torch.fx.Node:
        """Return a new call of a function; `name` is what it is to the node that it stands for."""
        graph = self.traced.graph
        with graph.inserting_before(self.node):
            called = f"{self.node.name}_{name}" if name else None
            new = graph.create_node("call_function", function, args, name=called)
        new.meta[PLACE] = self.place
        self._made.append(new)
        return new

    def constant(self, value: Tensor) -> torch.fx.Node:
        """Return a node that holds a value."""
        return constant(self.traced, self.node, value)

    def relu(self, value: torch.fx.Node, name: str) -> torch.fx.Node:
        return self.call(F.relu, value, name=name)

    def add(self, value: Any, other: Any) -> torch.fx.Node:
        return self.call(operator.add, value, other)

    def sub(self, value: Any, other: Any) -> torch.fx.Node:
        return self.call(operator.sub, value, other)

    def mul(self, value: torch.fx.Node, factor: Any) -> torch.fx.Node:
        return self.call(operator.mul, value, factor)

    def neg(self, value: torch.fx.Node) -> torch.fx.Node:
        return self.call(operator.neg, value)

    def maximum(self, value: torch.fx.Node, other: torch.fx.Node, name: str) -> torch.fx.Node:
        """Return max(x, y) = y + relu(x - y)."""
        return self.add(other, self.relu(self.sub(value, other), name))

    def replace(self, result: torch.fx.Node) -> None:
        """Let `result` stand for the node. The ANN does all that was made here as one operation."""
        for new in self._made:
            new.meta[WITHIN] = new is not result
        self.node.replace_all_uses_with(result)
        self.traced.graph.erase_node(self.node)
