"""One call in a traced network: what is called, with what, and as a function of tensors alone."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.fx
from torch import Tensor, nn
from torch.fx.node import map_arg

PLACE, WITHIN = "place", "within"  # of `torch.fx.Node.meta`: where it was written; part of what

# A module, a function, or the name of a method of tensors
Target = nn.Module | Callable[..., Any] | str
Compute = Callable[..., Tensor]
WithoutBias = Callable[[Compute, tuple[Any, ...], dict[str, Any]], Tensor]


OUT_OF_PLACE: dict[Target, Target] = {
    operator.iadd: operator.add,
    operator.isub: operator.sub,
    operator.imul: operator.mul,
    operator.itruediv: operator.truediv,
    **{f"{name}_": name for name in ("add", "sub", "mul", "div", "clamp", "sigmoid", "tanh")},
}


@dataclass(frozen=True)
class Call:
    """A node of the trace with what it calls."""

    node: torch.fx.Node
    target: Target

    @classmethod
    def of(cls, traced: torch.fx.GraphModule, node: torch.fx.Node) -> "Call | None":
        """Return what a node calls; None for the network's input, output and attributes."""
        if node.op == "call_module":
            return cls(node, traced.get_submodule(str(node.target)))
        if node.op not in ("call_function", "call_method"):
            return None
        return cls(node, OUT_OF_PLACE.get(node.target, node.target))

    @property
    def arguments(self) -> list[Any]:
        """All arguments, those by keyword last."""
        return [*self.node.args, *self.node.kwargs.values()]

    def option(self, name: str, position: int, default: Any) -> Any:
        """Return an argument that may be given by name or at a position."""
        args = self.node.args
        return self.node.kwargs.get(name, args[position] if len(args) > position else default)

    @property
    def place(self) -> str:
        """Where a person finds the operation in the backbone."""
        if PLACE in self.node.meta:
            return str(self.node.meta[PLACE])
        if isinstance(self.target, nn.Module):
            return f"module {self.node.target} ({type(self.target).__name__})"
        return f"call of {getattr(self.target, '__name__', self.target)}"

    @property
    def function(self) -> Compute:
        """What is called, as a function."""
        if isinstance(self.target, str):
            found: Compute = getattr(torch.Tensor, self.target)
            return found
        return self.target

    @property
    def parameters(self) -> dict[torch.fx.Node, Tensor]:
        """The parameters and buffers among the arguments, by their nodes."""
        found = [source for source in self.node.all_input_nodes if source.op == "get_attr"]
        root = self.node.graph.owning_module
        return {source: operator.attrgetter(str(source.target))(root) for source in found}

    def bound(
        self,
        function: Compute,
        without_bias: "WithoutBias | None" = None,
        fixed: dict[torch.fx.Node, Tensor] | None = None,
    ) -> Compute:
        """Return `function` of the input tensors alone, in order; the other arguments are bound.

        `without_bias` gives the function and arguments in which no constant is added, for
        `bias=False`; None where there is nothing constant in the operation. `fixed` are inputs
        whose values are bound as well, in the type of the first input.
        """
        fixed = fixed or {}
        sources = [source for source in self.node.all_input_nodes if source not in fixed]

        def compute(*tensors: Tensor, bias: bool = True) -> Tensor:
            given = dict(zip(sources, tensors, strict=True))
            given |= {source: _like(value, tensors[0]) for source, value in fixed.items()}
            args, kwargs = map_arg((self.node.args, self.node.kwargs), given.__getitem__)
            if bias or without_bias is None:
                return function(*args, **kwargs)
            return without_bias(function, args, kwargs)

        return compute

    def filled(self) -> Compute:
        """Return a constant in the shape of its input: part of the bias, 0 with `bias=False`."""
        fill = self.bound(self.function)

        def compute(tensor: Tensor, *, bias: bool = True) -> Tensor:
            return fill(tensor) if bias else torch.zeros_like(fill(tensor))

        return compute


def _like(value: Tensor, tensor: Tensor) -> Tensor:
    """Return a constant on the device of a tensor, and in its type if both are real numbers."""
    return value.to(tensor) if value.is_floating_point() else value.to(tensor.device)
