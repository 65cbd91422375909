"""What no neuron computes: gates, products of two maps, norms, attention. It stays analogue.

Such a node runs in floating point, once for each recorded T, on the mean over time of what enters
it (`snn.engine.hybrid`). It is charged what it takes: multiply-accumulates, and special functions
(exponentials, roots, quotients), which are counted apart. The words say both for each call: n are
the elements of the result, r the rows that share a norm or a sum.
"""

import operator
from collections.abc import Callable
from typing import Any

import torch
import torch.fx
import torch.nn.functional as F
from torch import Tensor, nn

from spikebench.snn.graph.call import Call
from spikebench.snn.graph.nodes import Cost, Count, Kind, Work
from spikebench.snn.graph.operations.operation import Operation, Rule, always
from spikebench.snn.graph.tracing.parts import LARGEST, part


def _operands(call: Call, inputs: list[Tensor]) -> list[Tensor]:
    """Return the tensors as the call has them: one that it reads twice is there twice."""
    given = dict(zip(call.node.all_input_nodes, inputs, strict=True))
    return [given[a] for a in call.arguments if isinstance(a, torch.fx.Node)]


def _product_of_matrices(call: Call) -> Count:
    def count(inputs: list[Tensor], result: Tensor) -> Work:
        return Work(result.numel() * _operands(call, inputs)[0].shape[-1])

    return count


def _softmax(call: Call) -> Count:
    dim = _dim(call)

    def count(inputs: list[Tensor], result: Tensor) -> Work:
        return Work(result.numel(), result.numel() + result.numel() // result.shape[dim])

    return count


def _dim(call: Call) -> int:
    if isinstance(call.target, nn.Module):
        return int(call.target.dim)  # type: ignore[arg-type]
    return int(call.option("dim", 1, -1))


def _normalised(rows: Callable[[Tensor], int], macs: int) -> Count:
    """Mean, variance, scale: `macs` for each element, and a root for each row."""

    def count(inputs: list[Tensor], result: Tensor) -> Work:
        return Work(macs * result.numel(), rows(result))

    return count


def _layer_norm(call: Call) -> Count:
    if isinstance(call.target, nn.LayerNorm):
        shape: tuple[int, ...] = call.target.normalized_shape
    else:
        shape = tuple(call.option("normalized_shape", 1, ()))
    size = torch.Size(shape).numel()
    return _normalised(lambda value: value.numel() // size, 3)


def _group_norm(call: Call) -> Count:
    if isinstance(call.target, nn.GroupNorm):
        groups = call.target.num_groups
    else:
        groups = call.option("num_groups", 1, 1)
    return _normalised(lambda value: len(value) * groups, 3)


def _by_map(call: Call) -> Count:
    """Statistics of each map of each channel."""
    return _normalised(lambda value: value.shape[0] * value.shape[1], 3)


def _by_batch(call: Call) -> Count:
    return _normalised(lambda value: value.shape[1], 3)


def _unit_length(call: Call) -> Count:
    dim = call.option("dim", 2, 1)
    return _normalised(lambda value: value.numel() // value.shape[dim], 2)


def _deviation(call: Call) -> Count:
    def count(inputs: list[Tensor], result: Tensor) -> Work:
        return Work(inputs[0].numel(), result.numel())

    return count


def _comparisons(call: Call) -> Count:
    def count(inputs: list[Tensor], result: Tensor) -> Work:
        return Work(0, 0, inputs[0].numel())

    return count


def _attention(call: Call) -> Count:
    def count(inputs: list[Tensor], result: Tensor) -> Work:
        query, key = _operands(call, inputs)[:2]
        scores = query.numel() // query.shape[-1] * key.shape[-2]
        macs = scores * (query.shape[-1] + result.shape[-1] + 1)
        return Work(macs, scores + query.numel() // query.shape[-1])

    return count


def _einsum(call: Call) -> Count:
    equation = str(call.node.args[0])

    def count(inputs: list[Tensor], result: Tensor) -> Work:
        terms = equation.replace(" ", "").split("->")[0].split(",")
        sizes = {
            k: size
            for term, value in zip(terms, _operands(call, inputs), strict=True)
            for k, size in zip(term, value.shape, strict=True)
        }
        return Work(torch.Size(sizes.values()).numel())

    return count


def _in_letters(call: Call) -> bool:
    equation = call.node.args[0]
    return isinstance(equation, str) and "." not in equation and "->" in equation


def _without_rounding(call: Call) -> bool:
    return call.option("rounding_mode", 2, None) is None


def _of_values_only(call: Call) -> bool:
    split, index = call.node.args[:2]
    return split in LARGEST and isinstance(index, int) and index == 0


def _statistics_of_its_own(call: Call) -> bool:
    return isinstance(call.target, nn.BatchNorm2d) and call.target.running_mean is None


def _times(factor: int) -> str:
    return {0: "0", 1: "n"}.get(factor, f"{factor}n")


def _by_element(
    name: str,
    macs: int,
    special: int,
    *targets: Any,
    accepts: Rule = always,
) -> Operation:
    """An operation that takes the same for each element of its result."""

    def count(inputs: list[Tensor], result: Tensor) -> Work:
        return Work(macs * result.numel(), special * result.numel())

    words = (_times(macs), _times(special))
    return _analogue(name, lambda call: count, words, *targets, accepts=accepts)


def _analogue(
    name: str,
    cost: Cost,
    words: tuple[str, str],
    *targets: Any,
    accepts: Rule = always,
    dimensions: bool = False,
    written: str = "",
) -> Operation:
    return Operation(
        name=name,
        kind=Kind.ANALOGUE,
        targets=targets,
        accepts=accepts,
        cost=cost,
        words=words,
        changes_dimensions=dimensions,
        written=written,
    )


ROOT = ("3n", "r")
ANALOGUE = (
    _by_element("sigmoid", 0, 1, nn.Sigmoid, torch.sigmoid, F.sigmoid, "sigmoid"),
    _by_element("hyperbolic tangent", 0, 1, nn.Tanh, torch.tanh, F.tanh, "tanh"),
    _by_element("GELU", 1, 1, nn.GELU, F.gelu),
    _by_element("SiLU", 1, 1, nn.SiLU, F.silu),
    _by_element("Mish", 1, 2, nn.Mish, F.mish),
    _by_element("ELU", 1, 1, nn.ELU, F.elu, nn.SELU, F.selu, nn.CELU, F.celu),
    _by_element("softplus", 0, 2, nn.Softplus, F.softplus),
    _by_element("power", 0, 1, operator.pow, torch.pow, "pow"),
    _by_element("square", 1, 0, torch.square, "square"),
    _by_element(
        *("root, exponential, logarithm, reciprocal", 0, 1),
        *(torch.sqrt, "sqrt", torch.rsqrt, "rsqrt", torch.exp, "exp", torch.log, "log"),
        *(torch.reciprocal, "reciprocal"),
    ),
    _by_element("product of two maps", 1, 0, operator.mul, torch.mul, torch.multiply, "mul"),
    _by_element(
        *("quotient by a map", 1, 1, operator.truediv, torch.div, torch.true_divide, "div"),
        accepts=_without_rounding,
    ),
    _analogue(
        *("product of two matrices", _product_of_matrices, ("n times the inner size", "0")),
        *(operator.matmul, torch.matmul, torch.bmm, "matmul", "bmm"),
        dimensions=True,
    ),
    _analogue(
        *("sum of products", _einsum, ("product of all indices", "0"), torch.einsum),
        accepts=_in_letters,
        dimensions=True,
    ),
    _analogue(
        *("softmax", _softmax, ("n", "n + r")), *(nn.Softmax, F.softmax, torch.softmax, "softmax")
    ),
    _analogue(
        *("attention", _attention, ("both products, scores", "scores + r")),
        F.scaled_dot_product_attention,
        dimensions=True,
    ),
    _analogue("layer norm", _layer_norm, ROOT, nn.LayerNorm, F.layer_norm, dimensions=True),
    _analogue("group norm", _group_norm, ROOT, nn.GroupNorm, F.group_norm),
    _analogue("instance norm", _by_map, ROOT, nn.InstanceNorm2d, F.instance_norm),
    _analogue(
        *("batch norm by the batch", _by_batch, ROOT, nn.BatchNorm2d),
        accepts=_statistics_of_its_own,
    ),
    _analogue("unit length", _unit_length, ("2n", "r"), F.normalize),
    _analogue(
        *("standard deviation, variance, length", _deviation, ("elements of the input", "n")),
        *(torch.std, "std", torch.var, "var", torch.norm, "norm", torch.linalg.vector_norm),
        dimensions=True,
    ),
    _analogue(
        *("largest over dimensions", _comparisons, ("0", "0")),
        *(torch.amax, "amax", torch.amin, "amin", nn.AdaptiveMaxPool2d, F.adaptive_max_pool2d),
        dimensions=True,
    ),
    _analogue(
        *("largest over a dimension", _comparisons, ("0", "0"), part),
        accepts=_of_values_only,
        dimensions=True,
        written="`max(x, dim)[0]`, `min(x, dim)[0]`",
    ),
)
