"""Neuron steps on a GPU: what the kernels of gpu_neurons.py are told.

This module imports `triton`, which comes with PyTorch's builds for CUDA; `fire.fire` imports it
where maps lie on a GPU.
"""

from collections.abc import Sequence

import torch
import triton
from torch import Tensor

from spikebench.snn.kernels import gpu_neurons
from spikebench.snn.kernels.launch import Launch
from spikebench.snn.kernels.structures import spread

BLOCK = 1024  # neurons that a program advances
WIDTH = 3  # constants of a step, as in neuron.h

KINDS = {  # by the function of neurons.c
    "integrate_and_fire": gpu_neurons.INTEGRATE_AND_FIRE,
    "signed_integrate_and_fire": gpu_neurons.SIGNED,
    "burst": gpu_neurons.BURST,
    "multi_threshold": gpu_neurons.MULTI_THRESHOLD,
    "differential": gpu_neurons.DIFFERENTIAL,
}


def fire(launches: Sequence[Launch], currents: Sequence[Tensor]) -> list[Tensor] | None:
    """Advance membranes by some steps; return the numbers of spikes n of each, (N, C, H, W).

    As `spikebench.snn.kernels.fire.fire`, of one kernel and one layer. None where membranes are not
    dense float32 maps, or what they remember is laid out otherwise; all is unchanged then.
    """
    first = launches[0]
    kind, inner = KINDS.get(first.kernel.function), _inner(first.v)
    if kind is None or inner is None or not _alike(launches):
        return None
    z = _folded(currents, first.v)
    number = torch.empty_like(z, dtype=torch.float32 if first.kernel.graded else torch.int8)
    sent, silent = (*first.memory, None, None)[:2]
    size, channels = first.v.numel(), first.v.shape[1]
    shift = _shifts(launches, channels)
    gpu_neurons.advance[(triton.cdiv(size, BLOCK),)](
        first.v,
        z,
        spread(first.theta, channels),
        shift,
        number,
        first.v if sent is None else sent,
        first.v if silent is None else silent,
        _constants(launches).to(first.v.device),
        size,
        channels,
        inner,
        len(launches),
        channels if len(shift) > 1 else 0,
        kind=kind.value,
        remembers=sent is not None,
        silences=silent is not None,
        block=BLOCK,
        width=WIDTH,
        enable_fp_fusion=False,
    )
    return list(number.unbind())


def probe(device: torch.device) -> None:
    """Launch a kernel once; raises what Triton, its compiler or the driver raise."""
    maps = torch.zeros(2, 1, 1, 1, device=device)
    gpu_neurons.advance[(1,)](
        *(maps[0], maps[1], maps[1], maps[1], torch.empty_like(maps[0], dtype=torch.int8)),
        *(maps[0], maps[0], torch.zeros(1, WIDTH, device=device), 1, 1, 1, 1, 0),
        kind=gpu_neurons.INTEGRATE_AND_FIRE.value,
        remembers=False,
        silences=False,
        block=BLOCK,
        width=WIDTH,
        enable_fp_fusion=False,
    )


def _inner(v: Tensor) -> int | None:
    """Return how many values of a channel lie side by side; None for a layout without order."""
    if v.dtype != torch.float32 or v.dim() != 4:
        return None
    if v.is_contiguous(memory_format=torch.channels_last):
        return 1
    return v.shape[2] * v.shape[3] if v.is_contiguous() else None


def _alike(launches: Sequence[Launch]) -> bool:
    """Tell whether all steps are of one layer, whose maps lie as its membranes do."""
    first = launches[0]
    same = all(
        launch.kernel == first.kernel
        and launch.v is first.v
        and all(map(_same, launch.memory, first.memory))
        for launch in launches
    )
    kept = [value for value in first.memory if value is not None]
    return same and all(value.stride() == first.v.stride() for value in kept)


def _same(one: Tensor | None, other: Tensor | None) -> bool:
    """Tell whether two maps are one in memory, or none."""
    if one is None or other is None:
        return one is other
    return one.data_ptr() == other.data_ptr() and one.dtype == other.dtype


def _shifts(launches: Sequence[Launch], channels: int) -> Tensor:
    """Return what is added to the currents, (1, C), or (steps, C) where the steps differ in it."""
    shifts = [launch.shift for launch in launches]
    same = all(one is shifts[0] or _equal(one, shifts[0]) for one in shifts)
    where = launches[0].v.device
    return torch.stack([spread(one, channels).to(where) for one in shifts[: 1 if same else None]])


def _equal(one: Tensor | float, other: Tensor | float) -> bool:
    return isinstance(one, float) and isinstance(other, float) and one == other


def _folded(currents: Sequence[Tensor], v: Tensor) -> Tensor:
    """Return currents as (steps, N, C, H, W), laid out as membranes; a copy where they are not."""
    first, of_step = currents[0], v.numel()
    shape, stride = (len(currents), *v.shape), (of_step, *v.stride())
    together = all(
        each.stride() == v.stride()
        and each.untyped_storage().data_ptr() == first.untyped_storage().data_ptr()
        and each.storage_offset() == first.storage_offset() + step * of_step
        for step, each in enumerate(currents)
    )
    if together:
        return first.as_strided(shape, stride, first.storage_offset())
    constant = all(each is first for each in currents)
    return v.new_empty_strided(shape, stride).copy_(first if constant else torch.stack([*currents]))


def _constants(launches: Sequence[Launch]) -> Tensor:
    """Return the constants of each step, float32 (steps, WIDTH)."""
    rows = [[*each.constants, *[0.0] * (WIDTH - len(each.constants))] for each in launches]
    return torch.tensor(rows, dtype=torch.float32)
