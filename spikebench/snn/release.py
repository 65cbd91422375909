"""What a neuron may still send when its regular steps are over."""

from collections.abc import Sequence

import torch
from torch import Tensor


def release(
    residual: Tensor, levels: Sequence[float], relax: float, floor: Tensor | None = None
) -> Tensor:
    """Return one signed graded spike for each residual potential, in units of the threshold.

    `residual`: potential minus v(0), in units of the threshold. The spike is +-L for the largest
    L of `levels` with |residual| >= `relax` * L, or none. `relax` = 0.75 rounds to the nearest of
    levels that halve. `floor`: the least value this spike may have (minus what was sent, for a
    neuron whose output stays >= 0); a level below it is not fired.
    """
    number = torch.zeros_like(residual)
    for level in sorted(levels):
        number.masked_fill_(residual >= relax * level, level)
        falls = residual <= -relax * level
        if floor is not None:
            falls &= floor <= -level
        number.masked_fill_(falls, -level)
    return number
