"""The contract of a neuron that waits for its whole input and then sends it in a window of steps.

While the layers before it send, a neuron only integrates. Then it has a window of steps in which it
sends the code of a whole number k of levels, theta/levels each, by comparisons alone. At most one
event leaves in a step, and what it is worth is said by the step, for all neurons alike: the event
carries one bit, and a receiver pays one accumulate. So whatever the code, a layer passes on

    theta/levels * clip(floor(z * levels/theta + 1/2), 0, levels)

and the network is the ANN with activations quantised to that many levels. Codes differ in events,
in steps, and in what they ask of the neurons at every step, also at those without an event.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.model.neuron import Integrator, Neuron
from spikebench.snn.model.step import State, Step

MOST_LEVELS = 2**15 - 1  # a neuron's events are counted in int16


@dataclass(frozen=True)
class Cost:
    """Additions, comparisons and shifts of one neuron beside the accumulates of its synapses.

    `listen`: in each step of a window that it listens to; `send`: in each step of its own window;
    `once`: between the two.
    """

    listen: int
    send: int
    once: int = 0


@dataclass(frozen=True)
class Coded(Neuron):
    """Sends k = clip(floor(z * levels/theta + 1/2), 0, levels) as events; a value, as all neurons.

    `theta`: full scale, in units of the activation, the value of `levels` levels. A `signed` neuron
    sends the code of |k| with the sign of z, for currents of either sign (relays); others send
    nothing for z <= 0, which is ReLU. Without `nearest` the half is left out: rounding down.

    A subclass says how long its `window` is, what an event at each of its steps is worth (`digit`),
    when it sends one (`fire`, on potentials in levels), and what that costs (`cost`). `initial` and
    `shift` have no meaning here. Raises `BenchError` for levels outside 1 to 32767.
    """

    levels: int = 1
    signed: bool = False
    nearest: bool = True

    integrator: ClassVar[Integrator] = "own"

    def __post_init__(self) -> None:
        if not 1 <= self.levels <= MOST_LEVELS:
            raise BenchError(
                f"A neuron of {self.levels} levels cannot be simulated: use 1 to {MOST_LEVELS}."
            )
        if torch.as_tensor(self.initial).any() or torch.as_tensor(self.shift).any():
            raise BenchError(
                f"{type(self).__name__} waits for its whole input: it has neither `initial` nor "
                "`shift`. Use `nearest` to round, and the bias of the synapse to shift."
            )

    @property
    def window(self) -> int:
        """The number of steps in which it sends."""
        raise NotImplementedError

    @property
    def cost(self) -> Cost:
        """What it does at every step beside synaptic accumulates."""
        raise NotImplementedError

    def digit(self, time: int) -> int:
        """Return what an event at step `time` (1 to `window`) is worth, in levels, at least 1."""
        raise NotImplementedError

    def weight(self, step: Step) -> float:
        return self.digit(step.time) / self.levels

    def count(self, k: Tensor) -> Tensor:
        """Return how many events each whole number of levels takes, from int32 in 0 to `levels`."""
        raise NotImplementedError

    def quantise(self, whole: Tensor) -> Tensor:
        """Return k, whole numbers of the dtype of the complete input `whole` (N, C, H, W)."""
        k = self._potential(whole).floor_().clamp_(0, self.levels)
        return k.copysign_(whole) if self.signed else k

    def start(self, like: Tensor) -> State:
        return {"v": torch.zeros_like(like)}

    def hold(self, potential: Tensor) -> Tensor:
        """Return what stands on the membrane when the window begins, from the potential in levels.

        The potential (N, C, H, W) has the half that rounds in it, and may be changed in place.
        """
        return potential

    def fire(self, u: Tensor, state: State, step: Step) -> Tensor:
        """Return the events of a step, bool or int8 in {-1, 0, 1}, for potentials u in levels."""
        raise NotImplementedError

    def step(
        self, state: State, current: Tensor, step: Step, out: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Take one step of the window; return the values sent and the events (N, C, H, W).

        `current`: the complete input, read at step 1 alone.
        """
        if step.time == 1:
            state["v"] = self.hold(self._potential(current))
            if self.signed:
                state["sign"] = current.sign().to(torch.int8)
        event = self.fire(state["v"], state, step)
        state["v"].sub_(event * float(self.digit(step.time)))
        number = event.to(torch.int8) * state["sign"] if self.signed else event
        return number * (self.theta * self.weight(step)), number

    def _potential(self, whole: Tensor) -> Tensor:
        magnitude = whole.abs() if self.signed else whole
        potential = magnitude * (self.levels / self.theta)
        return potential.add_(0.5) if self.nearest else potential
