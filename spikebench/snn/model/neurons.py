"""The neurons that many methods place. What they fire is in units of their threshold."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.kernels.launch import Kernel
from spikebench.snn.model.kernel_rules import Arguments, register_kernel
from spikebench.snn.model.neuron import Neuron
from spikebench.snn.model.reset import SUBTRACT, TO_ZERO, Reset
from spikebench.snn.model.spikes.audit import MOST_SPIKES_A_STEP
from spikebench.snn.model.spikes.levels import below_levels, signed_level
from spikebench.snn.model.step import State, Step

INTEGRATE_AND_FIRE = Kernel("integrate_and_fire")
BURST = Kernel("burst")
SIGNED_INTEGRATE_AND_FIRE = Kernel("signed_integrate_and_fire")
MULTI_THRESHOLD = Kernel("multi_threshold", graded=True)


@dataclass(frozen=True)
class IF(Neuron):
    """Integrate and fire: at most one spike a step, at u >= theta.

    `hard_reset` sets the membrane to 0 after a spike and loses the surplus (Diehl et al. 2015);
    the default subtracts the threshold (Rueckauer et al. 2017, eq. 4; Han et al. 2020).
    """

    hard_reset: bool = False

    @property
    def reset(self) -> Reset:
        return TO_ZERO if self.hard_reset else SUBTRACT

    def fire(self, u: Tensor, state: State, step: Step) -> Tensor:
        return u >= self.theta


register_kernel(
    IF, INTEGRATE_AND_FIRE, lambda n, state, step: Arguments(constants=(float(n.hard_reset),))
)


@dataclass(frozen=True)
class Burst(Neuron):
    """Up to `cap` spikes a step, n = clip(floor(u/theta), 0, cap). Li & Zeng, IJCAI 2022.

    A quotient that was rounded up to a whole number n is put right: n spikes take u >= n theta.
    Raises `BenchError` for a cap outside 1 to 127.
    """

    cap: int = 5

    def __post_init__(self) -> None:
        if not 1 <= self.cap <= MOST_SPIKES_A_STEP:
            raise BenchError(
                f"A burst neuron cannot have a cap of {self.cap}: use 1 to {MOST_SPIKES_A_STEP} "
                "spikes a step."
            )

    def fire(self, u: Tensor, state: State, step: Step) -> Tensor:
        number = (u / self.theta).floor_()
        number.sub_((number * self.theta > u).to(number))
        return number.clamp_(0, self.cap).to(torch.int8)


register_kernel(Burst, BURST, lambda n, state, step: Arguments(constants=(float(n.cap),)))


@dataclass(frozen=True)
class SignedIF(Neuron):
    """IF that takes spikes back: -1 where u < 0 and the neuron has sent more than it took back.

    The memory keeps the transmitted sum at or above zero, as ReLU asks. With v(0) = theta/2 this
    is ST-BIF without an upper level (You et al., ICML 2024; with one, it keeps the rest on the
    membrane), and the neuron of Fast-SNN (Hu et al., TPAMI 2023) up to its order within a step.
    """

    state_ops: ClassVar[int] = 5  # a second comparison and the memory's addition

    def start(self, like: Tensor) -> State:
        sent = torch.zeros_like(like, dtype=torch.int16)
        return {**super().start(like), "sent": sent}

    def fire(self, u: Tensor, state: State, step: Step) -> Tensor:
        number = (u >= self.theta).to(torch.int8)
        number.sub_((u < 0).logical_and_(state["sent"] > 0).to(torch.int8))
        state["sent"].add_(number)
        return number


register_kernel(
    SignedIF,
    SIGNED_INTEGRATE_AND_FIRE,
    lambda n, state, step: Arguments(memory=(state["sent"],), constants=(0.0,)),
)


@dataclass(frozen=True)
class Relay(Neuron):
    """Signed spikes without memory: +1 where u >= theta/2, -1 where u < -theta/2.

    One of the bounds is open, else a membrane at theta/2 would fire +1, -1, +1 .. on no input. The
    neuron stands where a synapse would otherwise read an analogue current (a residual sum without
    activation) and at the spiking output layer. Firing at half the spike's value rounds to the
    nearest multiple instead of towards zero, as the two-sided neuron of Huang et al., ACM MM 2024.
    """

    state_ops: ClassVar[int] = 4  # a second comparison

    def fire(self, u: Tensor, state: State, step: Step) -> Tensor:
        number = (u >= self.theta / 2).to(torch.int8)
        return number.sub_((u < -self.theta / 2).to(torch.int8))


@dataclass(frozen=True)
class MultiThreshold(Neuron):
    """One graded spike a step, +-theta/2^k with k = 0 .. levels-1; the largest level that fits.

    A level L fires where |u| >= 0.75 L, the middle between it and the next lower one; a negative
    one only as far as the transmitted sum stays >= 0. Huang et al., ICML 2025 (DCGS), neuron
    "MTH with negative spikes", rate form.
    """

    levels: int = 4

    state_ops: ClassVar[int] = 12  # levels compares of either sign, integrate, reset, memory

    def start(self, like: Tensor) -> State:
        return {**super().start(like), "sent": torch.zeros_like(like)}

    def fire(self, u: Tensor, state: State, step: Step) -> Tensor:
        number = signed_level(u / self.theta, self.levels, state["sent"])
        state["sent"].add_(number)
        return number


register_kernel(
    MultiThreshold,
    MULTI_THRESHOLD,
    lambda n, state, step: Arguments(memory=(state["sent"],), constants=(below_levels(n.levels),)),
)
