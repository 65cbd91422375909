"""What a spike takes from the membrane."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Reset:
    """How a membrane is reset: `apply(u, spikes)` changes the potentials u (N, C, H, W) in place.

    `spikes` are the values sent, theta*n. `conserves_charge` says that what was sent is what the
    membrane lost, so that sum z = theta*N + v_T - v_0.
    """

    name: str
    apply: Callable[[Tensor, Tensor], object]
    conserves_charge: bool


def _subtract(u: Tensor, spikes: Tensor) -> None:
    u.sub_(spikes)


def _to_zero(u: Tensor, spikes: Tensor) -> None:
    u.masked_fill_(spikes != 0, 0.0)


# Soft reset, Rueckauer et al. 2017, eq. 4; Han et al. 2020
SUBTRACT = Reset("subtract", _subtract, conserves_charge=True)
# Hard reset, which loses the surplus, Diehl et al. 2015
TO_ZERO = Reset("to zero", _to_zero, conserves_charge=False)
