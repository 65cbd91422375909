"""Spiking neurons in PSP form: a spike carries its value, weights stay the ANN's.

At every step a neuron adds its input current z to the membrane potential u, fires n spikes and is
reset by subtraction: u <- u - theta*n. What it sends is theta*n. By construction charge is
conserved, sum z = theta*N + v_T - v_0 (invariant I2), for every neuron that keeps `reset`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.kernels.fire import Launch
from spikebench.snn.model.component import Component
from spikebench.snn.model.levels import below_levels, signed_level
from spikebench.snn.model.protocols import Step
from spikebench.snn.model.spikes import MOST_SPIKES_A_STEP, Digits

State = dict[str, Tensor]
Arguments = tuple[tuple[Tensor | None, ...], tuple[float, ...]]


@dataclass
class Neuron(Component):
    """Integrate, fire, reset. A subclass says in `fire` how many spikes leave.

    `theta`: threshold and unit of the spike value, shape () or (1, C, 1, 1), in units of the
    activation, positive. `initial`: v(0), in the same units. `shift`: what a method adds to the
    bias of the synapses before the neuron, a constant current in every step that presents biases;
    since it is part of the bias it costs nothing. `state_ops` counts the additions and comparisons
    per neuron and step (integrate, compare, reset). `digits` says which powers of two a graded
    spike is sent as: "binary", of one sign, or "signed", the non-adjacent form. `kernel` names the
    function of kernels/neurons.c that does what `step` of this class does, in one pass over memory;
    it is not inherited, since a subclass may fire otherwise.
    """

    theta: Tensor
    initial: Tensor | float = 0.0
    shift: Tensor | float = 0.0

    state_ops: ClassVar[int] = 3
    digits: ClassVar[Digits] = "binary"
    kernel: ClassVar[str | None] = None

    def start(self, like: Tensor) -> State:
        """Return the state before the first step for currents shaped `like`, (N, C, H, W)."""
        return {"v": torch.empty_like(like).copy_(torch.as_tensor(self.initial, dtype=like.dtype))}

    def fire(self, u: Tensor, state: State, step: Step) -> Tensor:
        """Return the number of spikes n for potentials u, as bool, int8 or dyadic float."""
        raise NotImplementedError

    def reset(self, u: Tensor, spikes: Tensor, state: State) -> None:
        """Take what was sent from the membrane, in place (soft reset)."""
        u.sub_(spikes)

    def step(
        self, state: State, current: Tensor, step: Step, out: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Advance one step; return the spikes' values theta*n and the numbers n.

        `current` is read only; `out` may be the same memory and then receives the values.
        """
        shift = self.shift if step.bias else 0.0
        u = state["v"].add_(current)
        if isinstance(shift, Tensor) or shift:
            u.add_(shift)
        number = self.fire(u, state, step)
        spikes = torch.empty_like(u) if out is None else out
        spikes.copy_(_fast_to_convert(number)).mul_(self.theta)
        self.reset(u, spikes, state)
        return spikes, number

    @property
    def has_kernel(self) -> bool:
        """Tell whether `kernel` is this class's own, and `step` is not replaced in this neuron."""
        return vars(type(self)).get("kernel") is not None and "step" not in vars(self)

    def launch(self, state: State, step: Step) -> Launch | None:
        """Return what `kernel` takes in place of `step`, None where `step` must be called."""
        arguments = self.kernel_arguments(state, step) if self.has_kernel else None
        if arguments is None:
            return None
        shift = self.shift if step.bias else 0.0
        return Launch(self.kernel, state["v"], self.theta, shift, *arguments)

    def kernel_arguments(self, state: State, step: Step) -> Arguments | None:
        """Return the maps and the numbers that `kernel` takes besides those of every neuron.

        None where it does not serve in this step. Asked for several steps before the first of them
        is taken: the maps may change until then, and the numbers must not depend on them.
        """
        return (), ()

    def rehearse(self, state: State, currents: Sequence[Tensor]) -> int:
        """Change the state in view of the currents of the first steps, before they come for good.

        Return the state operations per neuron this took. Called by `Simulation.rehearsed`; most
        neurons do not look ahead.
        """
        return 0


def _fast_to_convert(number: Tensor) -> Tensor:
    """View bool as int8: torch turns that into floats in half the time."""
    return number.view(torch.int8) if number.dtype == torch.bool else number


@dataclass
class IF(Neuron):
    """Integrate and fire: at most one spike a step, at u >= theta.

    `hard_reset` sets the membrane to 0 after a spike and loses the surplus (Diehl et al. 2015);
    the default subtracts the threshold (Rueckauer et al. 2017, eq. 4; Han et al. 2020).
    """

    hard_reset: bool = False

    kernel: ClassVar[str | None] = "integrate_and_fire"

    def kernel_arguments(self, state: State, step: Step) -> Arguments | None:
        return (), (float(self.hard_reset),)

    def fire(self, u: Tensor, state: State, step: Step) -> Tensor:
        return u >= self.theta

    def reset(self, u: Tensor, spikes: Tensor, state: State) -> None:
        if self.hard_reset:
            u.masked_fill_(spikes != 0, 0.0)
        else:
            super().reset(u, spikes, state)


@dataclass
class Burst(Neuron):
    """Up to `cap` spikes a step, n = clip(floor(u/theta), 0, cap). Li & Zeng, IJCAI 2022.

    A quotient that was rounded up to a whole number n is put right: n spikes take u >= n theta.
    """

    cap: int = 5

    kernel: ClassVar[str | None] = "burst"

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

    def kernel_arguments(self, state: State, step: Step) -> Arguments | None:
        return (), (float(self.cap),)


@dataclass
class SignedIF(Neuron):
    """IF that takes spikes back: -1 where u < 0 and the neuron has sent more than it took back.

    The memory keeps the transmitted sum at or above zero, as ReLU asks. With v(0) = theta/2 this
    is ST-BIF without an upper level (You et al., ICML 2024; with one, it keeps the rest on the
    membrane), and the neuron of Fast-SNN (Hu et al., TPAMI 2023) up to its order within a step.
    """

    state_ops: ClassVar[int] = 5  # a second comparison and the memory's addition
    kernel: ClassVar[str | None] = "signed_integrate_and_fire"

    def kernel_arguments(self, state: State, step: Step) -> Arguments | None:
        return (state["sent"],), (0.0,)

    def start(self, like: Tensor) -> State:
        sent = torch.zeros_like(like, dtype=torch.int16)
        return {**super().start(like), "sent": sent}

    def fire(self, u: Tensor, state: State, step: Step) -> Tensor:
        number = (u >= self.theta).to(torch.int8)
        number.sub_((u < 0).logical_and_(state["sent"] > 0).to(torch.int8))
        state["sent"].add_(number)
        return number


@dataclass
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


@dataclass
class MultiThreshold(Neuron):
    """One graded spike a step, +-theta/2^k with k = 0 .. levels-1; the largest level that fits.

    A level L fires where |u| >= 0.75 L, the middle between it and the next lower one; a negative
    one only as far as the transmitted sum stays >= 0. Huang et al., ICML 2025 (DCGS), neuron
    "MTH with negative spikes", rate form.
    """

    levels: int = 4

    state_ops: ClassVar[int] = 12  # levels compares of either sign, integrate, reset, memory
    kernel: ClassVar[str | None] = "multi_threshold"

    def kernel_arguments(self, state: State, step: Step) -> Arguments | None:
        return (state["sent"],), (below_levels(self.levels),)

    def start(self, like: Tensor) -> State:
        return {**super().start(like), "sent": torch.zeros_like(like)}

    def fire(self, u: Tensor, state: State, step: Step) -> Tensor:
        number = signed_level(u / self.theta, self.levels, state["sent"])
        state["sent"].add_(number)
        return number
