"""What a neuron may still send when its regular steps are over."""

from torch import Tensor


def release(
    residual: Tensor,
    unit: Tensor | float,
    relax: float,
    most: Tensor | float,
    floor: Tensor | float | None = None,
) -> Tensor:
    """Return what leaves for each residual potential, in units of the threshold.

    `residual`: potential minus v(0), in units of the threshold. Its magnitude is cut to whole
    multiples of `unit`, a power of two, of which the last one leaves if the rest covers `relax` of
    it: 0.5 rounds to the nearest, 1 rounds down. At most `most` leaves, of either sign, and no less
    than `floor` (minus what was sent, for a neuron whose output stays >= 0).
    """
    number = residual.abs().div_(unit).add_(1 - relax).floor_().mul_(unit).clamp_(max=most)
    number.copysign_(residual)
    return number if floor is None else number.clamp_(min=floor)
