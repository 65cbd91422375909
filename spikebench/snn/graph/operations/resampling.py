"""Pools and interpolation: linear wiring that changes the size of maps."""

import torch.nn.functional as F
from torch import Tensor, nn

from spikebench.snn.graph.call import Call, Compute
from spikebench.snn.graph.nodes import Kind
from spikebench.snn.graph.operations.operation import Operation, never

REPEATING = ("nearest", "nearest-exact")


def _repeats(call: Call) -> bool:
    """Tell whether an interpolation repeats pixels: every other mode mixes neighbours."""
    mode = (
        call.target.mode
        if isinstance(call.target, nn.Upsample)
        else call.option("mode", 3, "nearest")
    )
    return mode in REPEATING


def _to_one(call: Call) -> bool:
    """Tell whether an adaptive pool has one window; windows of several may differ in size."""
    size = (
        call.target.output_size
        if isinstance(call.target, nn.AdaptiveAvgPool2d)
        else call.option("output_size", 1, None)
    )
    return size in (1, (1, 1), [1, 1])


def _summed(call: Call) -> Compute:
    def total(events: Tensor, *args: object, **kwargs: object) -> Tensor:
        return events.sum(dim=(-2, -1), keepdim=True)

    return total


def _to_every_window(call: Call) -> Compute:
    """An average pool delivers each spike to every window that covers it."""
    pool = call.target
    if not isinstance(pool, nn.AvgPool2d):
        return lambda events, *args, **kwargs: F.avg_pool2d(
            events, *args, **{**kwargs, "divisor_override": 1}
        )
    return lambda events: F.avg_pool2d(
        events, pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode, divisor_override=1
    )


RESAMPLING = (
    Operation(
        name="average pool",
        kind=Kind.WIRING,
        targets=(nn.AvgPool2d, F.avg_pool2d),
        indicate=_to_every_window,
    ),
    Operation(
        name="adaptive average pool",
        kind=Kind.WIRING,
        targets=(nn.AdaptiveAvgPool2d, F.adaptive_avg_pool2d),
        routes=_to_one,
        indicate=_summed,
    ),
    Operation(name="nearest up-sampling", kind=Kind.WIRING, targets=(nn.UpsamplingNearest2d,)),
    Operation(
        name="bilinear up-sampling",
        kind=Kind.WIRING,
        targets=(nn.UpsamplingBilinear2d,),
        routes=never,
    ),
    Operation(
        name="interpolation",
        kind=Kind.WIRING,
        targets=(nn.Upsample, F.interpolate, F.upsample),
        routes=_repeats,
    ),
)
