"""One call in a traced network: what is called, with what, and as a function of tensors alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.fx
from torch import Tensor, nn
from torch.fx.node import map_arg

# A module, a function, or the name of a method of tensors
Target = nn.Module | Callable[..., Any] | str
Compute = Callable[..., Tensor]
WithoutBias = Callable[[Compute, tuple[Any, ...], dict[str, Any]], Tensor]


@dataclass(frozen=True)
class Call:
    """A node of the trace with what it calls."""

    node: torch.fx.Node
    target: Target

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

    def bound(self, function: Compute, without_bias: "WithoutBias | None" = None) -> Compute:
        """Return `function` of the input tensors alone, in order; the other arguments are bound.

        `without_bias` gives the function and arguments in which no constant is added, for
        `bias=False`; None where there is nothing constant in the operation.
        """
        sources = self.node.all_input_nodes

        def compute(*tensors: Tensor, bias: bool = True) -> Tensor:
            given = dict(zip(sources, tensors, strict=True))
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
