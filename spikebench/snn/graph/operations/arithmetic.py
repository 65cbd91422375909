"""Linear arithmetic: sums, differences, factors, means, constants in the shape of a tensor.

A constant in the shape of a tensor, such as a map of the noise level, is not linear: it is part of
the bias, and allowed only where that tensor itself does not change over time.
"""

import operator
from typing import Any

import torch
import torch.fx
from torch import Tensor

from spikebench.snn.graph.call import Call, Compute
from spikebench.snn.graph.nodes import Kind
from spikebench.snn.graph.operations.operation import (
    Operation,
    by_channel,
    changing,
    is_constant,
    never,
)


def _without_numbers(call: Call) -> bool:
    """Tell whether no number is added: it would be a bias, which is no spike."""
    return not any(isinstance(argument, int | float) for argument in call.arguments)


def _by_constants(call: Call) -> bool:
    """Tell whether a product is one tensor times numbers and parameters, not x * y."""
    return len(changing(call)) == 1 and all(
        is_constant(a) for a in call.arguments if a is not changing(call)[0]
    )


def _by_a_constant(call: Call) -> bool:
    """Tell whether a quotient is one tensor by a constant, not 1 / x or x // 2."""
    return _by_constants(call) and not is_constant(call.arguments[0])


def _no_tensor_but_the_shape(call: Call) -> bool:
    return not any(isinstance(argument, torch.fx.Node) for argument in call.arguments[1:])


def _over_dimensions(call: Call) -> bool:
    return call.option("dim", 1, None) is not None


def _of_both(call: Call) -> Compute:
    """A sum or difference delivers the spikes of both operands."""
    return lambda events, others, **_: events + others


def _once(call: Call) -> Compute:
    """A scaling delivers each spike once."""
    place = call.arguments.index(changing(call)[0])

    def delivered(*args: Any, **kwargs: Any) -> Tensor:
        found: Tensor = [*args, *kwargs.values()][place]
        return found

    return delivered


def _to_all(call: Call) -> Compute:
    """A mean delivers every spike that it is over."""
    return lambda events, *args, **kwargs: torch.sum(events, *args, **kwargs)


def _without_number(function: Compute, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor:
    """Add 0 in place of a number."""
    tensors = tuple(arg if isinstance(arg, Tensor) else 0.0 for arg in args)
    if isinstance(kwargs.get("other"), int | float):
        kwargs = {**kwargs, "other": 0.0}
    return function(*tensors, **kwargs)


ARITHMETIC = (
    Operation(
        name="sum",
        kind=Kind.WIRING,
        targets=(operator.add, operator.iadd, torch.add, "add", "add_"),
        routes=_without_numbers,
        indicate=_of_both,
        without_bias=_without_number,
        adds=True,
    ),
    Operation(
        name="difference",
        kind=Kind.WIRING,
        targets=(operator.sub, operator.isub, torch.sub, "sub", "sub_"),
        routes=_without_numbers,
        indicate=_of_both,
        without_bias=_without_number,
        adds=True,
    ),
    Operation(
        name="product with a constant",
        kind=Kind.WIRING,
        targets=(operator.mul, torch.mul, torch.multiply, "mul"),
        accepts=_by_constants,
        routes=by_channel,
        indicate=_once,
        factor=True,
    ),
    Operation(
        name="quotient by a constant",
        kind=Kind.WIRING,
        targets=(operator.truediv, torch.div, torch.true_divide, "div"),
        accepts=_by_a_constant,
        routes=by_channel,
        indicate=_once,
        factor=True,
    ),
    Operation(
        name="negation",
        kind=Kind.WIRING,
        targets=(operator.neg, torch.neg, "neg"),
        indicate=_once,
    ),
    Operation(
        name="mean over dimensions",
        kind=Kind.WIRING,
        targets=(torch.mean, "mean"),
        accepts=_over_dimensions,
        indicate=_to_all,
        changes_dimensions=True,
    ),
    Operation(
        name="sum over dimensions",
        kind=Kind.WIRING,
        targets=(torch.sum, "sum"),
        accepts=_over_dimensions,
        indicate=_to_all,
        changes_dimensions=True,
    ),
    Operation(
        name="constant map",
        kind=Kind.WIRING,
        targets=(torch.full_like, torch.ones_like, torch.zeros_like),
        accepts=_no_tensor_but_the_shape,
        routes=never,
        fills=True,
    ),
)
