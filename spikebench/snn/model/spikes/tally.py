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
    timed: bool = False,
    values: Tensor | None = None,
    faithful: Tensor | None = None,
) -> Tensor:
    """Add the multiplicities of one step to `counts`; return events and kind, int64 (2,).

    `number`, `counts` and `digits` as in `audit.count`; binary spikes that are `timed` are of that
    kind. Where `faithful`, a bool (), is false, the kind is analogue, and what counts is which
    `values`, shaped like `number`, are not zero, if they are given.
    """
    kind, multiplicity = _audited(number, digits)
    if timed:
        kind = kind.clamp(min=int(SpikeKind.TIMED))
    if faithful is not None:
        kind = kind.where(faithful, int(SpikeKind.ANALOGUE))
        if values is not None:
            multiplicity = torch.where(faithful, multiplicity, (values != 0).to(multiplicity.dtype))
    summed = counts.shape != multiplicity.shape
    counts.add_(multiplicity.sum(dim=1, keepdim=True) if summed else multiplicity)
    return torch.stack([torch.count_nonzero(multiplicity), kind])


def _audited(number: Tensor, digits: Digits) -> tuple[Tensor, Tensor]:
    """Return the kind, int64 (), and the multiplicity of each number, as `audit.audit` does."""
    if number.dtype == torch.bool:
        return _kind(number, SpikeKind.BINARY), number.view(torch.int8)
    if number.dtype.is_floating_point:
        count = digits_of(number, digits)
        few = count.max() <= MOST_DIGITS
        kind = _kind(number, SpikeKind.GRADED).where(few, int(SpikeKind.ANALOGUE))
        return kind, torch.where(few, count, (number != 0).to(count.dtype))
    low, high = torch.aminmax(number)
    signed = _kind(number, SpikeKind.SIGNED).where(low < 0, int(SpikeKind.BINARY))
    most = torch.maximum(-low, high)
    return signed.where(most <= 1, int(SpikeKind.BURST)), number.abs()


def _kind(like: Tensor, kind: SpikeKind) -> Tensor:
    return torch.full((), int(kind), dtype=torch.int64, device=like.device)
