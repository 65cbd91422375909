"""Max pool, as the larger of two shifted maps, again and again."""

import math
import operator

import torch
import torch.fx
import torch.nn.functional as F
from torch import nn

from spikebench.snn.graph.call import Call
from spikebench.snn.graph.operations.rewritten import operand, rewritten, setting
from spikebench.snn.graph.tracing.rewriting import Rewriter


def _pool_settings(call: Call) -> dict[str, tuple[int, int]]:
    kernel = setting(call, "kernel_size", 1, None)
    stride = setting(call, "stride", 2, None) or kernel
    sides = {
        "kernel": kernel,
        "stride": stride,
        "padding": setting(call, "padding", 3, 0),
        "dilation": setting(call, "dilation", 4, 1),
    }
    return {k: (v, v) if isinstance(v, int) else (v[0], v[-1]) for k, v in sides.items()}


def _poolable(call: Call) -> bool:
    """Tell whether padding a pool is repeating its border: not with gaps, nor to a whole window."""
    settings = _pool_settings(call)
    padded = settings["padding"] != (0, 0)
    whole = not setting(call, "ceil_mode", 5, False)
    pairs = zip(settings["kernel"], settings["stride"], strict=True)
    grown = not padded and all(kernel >= stride for kernel, stride in pairs)
    return (settings["dilation"] == (1, 1) or not padded) and (whole or grown)


def _max_pool(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    """Rows, then columns; along each, the largest of pairs of shifted maps, as in a knock-out."""
    settings, value = _pool_settings(call), operand(call)
    (above, left), (down, across) = settings["padding"], settings["stride"]
    more = (across - 1, down - 1) if setting(call, "ceil_mode", 5, False) else (0, 0)
    sides = (left, left + more[0], above, above + more[1])
    if any(sides):
        value = rewriter.call(F.pad, value, sides, "replicate")
    for axis in (1, 0):
        value = _along(rewriter, value, axis, *(settings[k][axis] for k in _ALONG))
    return value


_ALONG = ("kernel", "stride", "dilation")


def _along(
    rewriter: Rewriter, value: torch.fx.Node, axis: int, kernel: int, stride: int, dilation: int
) -> torch.fx.Node:
    reach = (kernel - 1) * dilation
    shifted = []
    for start in range(0, reach + 1, dilation):
        shown = slice(start, start - reach or None, stride)
        index = (..., shown) if axis else (..., shown, slice(None))
        shifted.append(rewriter.call(operator.getitem, value, index))
    for turn in range(math.ceil(math.log2(kernel))):
        pairs = [shifted[i : i + 2] for i in range(0, len(shifted), 2)]
        shifted = [
            rewriter.maximum(pair[0], pair[1], f"over_{'xy'[1 - axis]}{turn}{index}")
            if len(pair) == 2
            else pair[0]
            for index, pair in enumerate(pairs)
        ]
    return shifted[0]


POOLS = (
    rewritten(
        "max pool",
        "the larger of two shifted maps, ceil(log2 k) times along each side",
        _max_pool,
        *(nn.MaxPool2d, F.max_pool2d, torch.max_pool2d),
        accepts=_poolable,
    ),
)
