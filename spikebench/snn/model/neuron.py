"""The contract of a spiking neuron in PSP form: a spike carries its value, weights stay the ANN's.

At every step a neuron adds its input current z to the membrane potential u, fires n spikes and is
reset by subtraction: u <- u - theta*n. What it sends is theta*n. By construction charge is
conserved, sum z = theta*N + v_T - v_0 (invariant I2), for every neuron with a soft reset. Where a
spike's worth depends on the step (`weight`), theta stands for theta times that weight.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.model.component import Component
from spikebench.snn.model.outdated import refuse_outdated
from spikebench.snn.model.reset import SUBTRACT, Reset
from spikebench.snn.model.spikes.audit import Digits
from spikebench.snn.model.spikes.spikemap import SpikeMap
from spikebench.snn.model.step import State, Step

# "sum": u <- u + z, the spike function, the reset. "own": a step that is no such neuron's.
Integrator = Literal["sum", "own"]


@dataclass(frozen=True)
class Neuron(Component):
    """Integrate, fire, reset: a value, whose state lives in the simulation.

    A subclass gives the spike function `fire` and is a frozen dataclass itself. `theta`: threshold
    and unit of the spike value, shape () or (1, C, 1, 1), in units of the activation, positive.
    `initial`: v(0), in the same units. `shift`: what a method adds to the bias of the synapses
    before the neuron, a constant current in every step that presents biases; since it is part of
    the bias it costs nothing.

    Its traits: `state_ops` counts the additions and comparisons per neuron and step (integrate,
    compare, reset); `digits` says which powers of two a graded spike is sent as: "binary", of one
    sign, or "signed", the non-adjacent form; `integrator` is "own" where `step` is replaced;
    `reset` is what a spike takes from the membrane; `reach` says how many rows and columns away a
    neuron looks at others of its layer, None for all of them, as in winner-takes-all: a large
    image is cut into bands only where that changes nothing. A kernel is registered for a class and
    not inherited, see `kernel_rules.register_kernel`.
    """

    theta: Tensor
    initial: Tensor | float = 0.0
    shift: Tensor | float = 0.0

    state_ops: ClassVar[int] = 3
    digits: ClassVar[Digits] = "binary"
    integrator: ClassVar[Integrator] = "sum"
    reach: ClassVar[int | None] = 0

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        refuse_outdated(cls)

    @property
    def bits(self) -> int | None:
        """Bits of one activation, of a neuron that quantises what it sends; None if it spikes.

        A network of such neurons is priced by the width of its multiplications.
        """
        return None

    @property
    def reset(self) -> Reset:
        """What a spike takes from the membrane: itself, unless a subclass says otherwise."""
        return SUBTRACT

    def start(self, like: Tensor) -> State:
        """Return the state before the first step for currents shaped `like`, (N, C, H, W)."""
        return {"v": torch.empty_like(like).copy_(torch.as_tensor(self.initial, dtype=like.dtype))}

    def weight(self, step: Step) -> float:
        """Return what a spike of this step is worth, in thresholds: a function of the clock alone.

        Where it is not 1, binary spikes are `timed`.
        """
        return 1.0

    def fire(self, u: Tensor, state: State, step: Step) -> Tensor:
        """Return the number of spikes n for potentials u (N, C, H, W), as bool, int8 or float.

        Floats are for graded spikes, short sums of powers of two. `u` stays as it is.
        """
        raise NotImplementedError

    def wait(self, state: State, current: Tensor) -> None:
        """Integrate currents (N, C, H, W) in a step in which the neuron may not fire.

        Raises `BenchError` for a neuron whose integrator is its own.
        """
        if self.integrator == "own":
            raise BenchError(
                f"The neuron {type(self).__name__} has a step of its own and cannot wait: give it "
                "a method `wait`, or a protocol without a staggered start."
            )
        state["v"].add_(current)

    def step(
        self, state: State, current: Tensor, step: Step, out: Tensor | None = None
    ) -> tuple[Tensor | SpikeMap, Tensor]:
        """Advance one step; return the spikes' values theta*n and the numbers n, (N, C, H, W).

        `current` is read only; `out` may be the same memory and then receives the values.
        """
        shift = self.shift if step.bias else 0.0
        u = state["v"].add_(current)
        if isinstance(shift, Tensor) or shift:
            u.add_(shift)
        number = self.fire(u, state, step)
        spikes = torch.empty_like(u) if out is None else out
        weight = self.weight(step)
        worth = self.theta if weight == 1.0 else self.theta * weight
        spikes.copy_(_fast_to_convert(number)).mul_(worth)
        self.reset.apply(u, spikes)
        return spikes, number


def _fast_to_convert(number: Tensor) -> Tensor:
    """View bool as int8: torch turns that into floats in half the time."""
    return number.view(torch.int8) if number.dtype == torch.bool else number
