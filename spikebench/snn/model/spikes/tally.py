"""Counts of spikes where they lie: nothing comes back to the host, so that no device is waited for.

On a CPU `audit.count` tells the same at once.
"""

import torch
from torch import Tensor

from spikebench.snn.model.spikes.audit import MOST_DIGITS, Digits, digits_of
from spikebench.spike_kinds import SpikeKind


def tally(
    number: Tensor,
    counts: Tensor,
    digits: Digits = "binary",
    *,
    steps: int = 1,
    timed: bool = False,
    values: Tensor | None = None,
    faithful: Tensor | None = None,
) -> Tensor:
    """Add the multiplicities of some steps to `counts`; return events and kind, int64 (N, 2).

    They are told of each image. `number`, `counts` and `digits` as in `audit.count`, `number` with
    the maps of all `steps` one after another, (steps * N, C, H, W); binary spikes that are `timed`
    are of that kind. Where `faithful`, a bool (), is false, the kind is analogue, and what counts
    is which `values`, shaped like `number`, are not zero, if they are given.
    """
    kind, multiplicity = _audited(number, digits, steps)
    if timed:
        kind = kind.clamp(min=int(SpikeKind.TIMED))
    if faithful is not None:
        kind = kind.where(faithful, int(SpikeKind.ANALOGUE))
        if values is not None:
            multiplicity = torch.where(faithful, multiplicity, (values != 0).to(multiplicity.dtype))
    by_step = multiplicity.unflatten(0, (steps, -1))  # (steps, N, C, H, W)
    over = 0 if counts.shape == by_step.shape[1:] else (0, 2)
    counts.add_(by_step.sum(over, dtype=counts.dtype).view(counts.shape))
    return torch.stack([torch.count_nonzero(by_step, dim=_all_but_images(by_step)), kind], dim=1)


def _audited(number: Tensor, digits: Digits, steps: int) -> tuple[Tensor, Tensor]:
    """Return each image's kind, int64 (N,), and the multiplicity of each number: see `audit`."""
    if number.dtype == torch.bool:
        return _kind(number, steps, SpikeKind.BINARY), number.view(torch.int8)
    if number.dtype.is_floating_point:
        count = digits_of(number, digits)
        of_step = count.unflatten(0, (steps, -1)).flatten(2).amax(2)
        few = of_step <= MOST_DIGITS  # (steps, N)
        kind = _kind(number, steps, SpikeKind.GRADED).where(few.all(0), int(SpikeKind.ANALOGUE))
        each = few.view(-1, *[1] * (number.dim() - 1))
        return kind, torch.where(each, count, (number != 0).to(count.dtype))
    by_step = number.unflatten(0, (steps, -1))
    low, high = (bound(by_step, dim=_all_but_images(by_step)) for bound in (torch.amin, torch.amax))
    signed = _kind(number, steps, SpikeKind.SIGNED).where(low < 0, int(SpikeKind.BINARY))
    most = torch.maximum(-low, high)
    return signed.where(most <= 1, int(SpikeKind.BURST)), number.abs()


def _all_but_images(by_step: Tensor) -> tuple[int, ...]:
    """Return the dimensions of maps (steps, N, ...) other than that of the images."""
    return (0, *range(2, by_step.dim()))


def _kind(number: Tensor, steps: int, kind: SpikeKind) -> Tensor:
    images = len(number) // steps
    return torch.full((images,), int(kind), dtype=torch.int64, device=number.device)
