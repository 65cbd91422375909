"""Neurons in Triton: a membrane stays in a register for all the steps that it takes.

Each does what the function of neurons.c does, with PyTorch's results to the bit: quotients are
rounded to the nearest, and whoever launches `advance` turns off that sums are fused with products.
"""

import triton
import triton.language as tl

INTEGRATE_AND_FIRE = tl.constexpr(0)
SIGNED = tl.constexpr(1)
BURST = tl.constexpr(2)
MULTI_THRESHOLD = tl.constexpr(3)
DIFFERENTIAL = tl.constexpr(4)
EXPONENT = tl.constexpr(0x7F800000)
SIGN = tl.constexpr(-0x80000000)


@triton.jit
def _level_below(value, below):
    """Return the largest of 1, 1/2 .. not above `value` and above `below`; 0 where none is."""
    bits = value.to(tl.int32, bitcast=True) & EXPONENT
    power = tl.minimum(bits.to(tl.float32, bitcast=True), 1.0)
    return tl.where(power > below, power, 0.0)


@triton.jit
def _graded_spike(potential, sent, below):
    """Return the graded spike of a potential in thresholds: `signed_level`."""
    found = _level_below(
        tl.div_rn(tl.abs(potential), tl.full(potential.shape, 0.75, tl.float32)), below
    )
    allowed = _level_below(sent, below)
    found = tl.where(potential < 0, tl.minimum(found, allowed), found)
    sign = potential.to(tl.int32, bitcast=True) & SIGN
    return (found.to(tl.int32, bitcast=True) | sign).to(tl.float32, bitcast=True)


@triton.jit
def _differential(u, z, shift, theta, sent, time, below, least):
    """Return u after integration, and n, of a differentially coded step: see neurons.c."""
    t = time.to(tl.float64)
    stretch = tl.where(time > 1, (t / tl.maximum(t - 1.0, 1.0)).to(tl.float32), 1.0)
    u = u * stretch
    u = u + z
    u = u + shift
    allowed = tl.maximum(tl.div_rn(sent * time, theta), least)
    return u, _graded_spike(tl.div_rn(u, theta), allowed, below)


@triton.jit
def advance(
    v,
    current,
    theta,
    shift,
    number,
    memory,
    silent,
    constants,
    size,
    channels,
    inner,
    steps,
    of_step,
    kind: tl.constexpr,
    remembers: tl.constexpr,
    silences: tl.constexpr,
    block: tl.constexpr,
    width: tl.constexpr,
):
    """Advance `block` neurons by all steps. A neuron's channel is (place // inner) % channels.

    The shifts of a step lie `of_step` behind those of the step before, 0 where they are the same.
    """
    place = tl.program_id(0).to(tl.int64) * block + tl.arange(0, block)
    there = place < size
    channel = (place // inner) % channels
    worth = tl.load(theta + channel, mask=there, other=1.0)
    u = tl.load(v + place, mask=there, other=0.0)
    if remembers:
        sent = tl.load(memory + place, mask=there, other=0)
    if silences:
        quiet = tl.load(silent + place, mask=there, other=0)
    at = place
    for step in range(steps):
        z = tl.load(current + at, mask=there, other=0.0)
        bias = tl.load(shift + step * of_step + channel, mask=there, other=0.0)
        first = tl.load(constants + step * width)
        below = tl.load(constants + step * width + 1)
        least = tl.load(constants + step * width + 2)
        if kind == DIFFERENTIAL:
            u, n = _differential(u, z, bias, worth, sent, first, below, least)
            spike = n * worth
            u = u - spike
            sent = sent + spike * (1.0 / first.to(tl.float64)).to(tl.float32)
        else:
            u = u + z
            u = u + bias
            if kind == INTEGRATE_AND_FIRE:
                n = (u >= worth).to(tl.float32)
                u = tl.where(n != 0, tl.where(first != 0, 0.0, u - worth), u)
            if kind == SIGNED:
                deep, low = (u <= -worth).to(tl.float32), (u < 0).to(tl.float32)
                back = tl.where(sent > 0, tl.where(first != 0, deep, low), 0.0)
                n = (u >= worth).to(tl.float32) - back
                u = u - n * worth
            if kind == BURST:
                n = tl.floor(tl.div_rn(u, worth))
                n = n - (n * worth > u).to(tl.float32)
                n = tl.minimum(tl.maximum(n, 0.0), first)
                u = u - n * worth
            if kind == MULTI_THRESHOLD:
                n = _graded_spike(tl.div_rn(u, worth), sent, first)
                u = u - n * worth
            if remembers:
                sent = sent + n.to(sent.dtype)
        if silences:
            n = tl.where(quiet != 0, 0.0, n)
        tl.store(number + at, n.to(number.dtype.element_ty), mask=there)
        at += size
    tl.store(v + place, u, mask=there)
    if remembers:
        tl.store(memory + place, sent, mask=there)
