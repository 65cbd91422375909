"""Which neurons a compiled kernel serves: a registration by class, with what the kernel is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from torch import Tensor

from spikebench.snn.kernels.launch import Kernel, Launch
from spikebench.snn.model.neuron import Neuron
from spikebench.snn.model.step import State, Step

N = TypeVar("N", bound=Neuron)


@dataclass(frozen=True)
class Arguments:
    """What a kernel takes besides membranes and thresholds: maps (N, C, H, W) and numbers.

    `shift` stands in place of the neuron's own, where it is not None.
    """

    memory: tuple[Tensor | None, ...] = ()
    constants: tuple[float, ...] = ()
    shift: Tensor | float | None = None


# From a neuron, its state and a step. None: the kernel does not serve in this step. It is asked for
# several steps before the first of them is taken: maps may change until then, and numbers must not
# depend on them.
Ask = Callable[[Any, State, Step], Arguments | None]

_RULES: dict[type[Neuron], tuple[Kernel, Ask]] = {}


def register_kernel(
    neuron: type[N], kernel: Kernel, ask: Callable[[N, State, Step], Arguments | None]
) -> None:
    """Let a kernel do, in one pass over memory, what `step` of this very class does, to the bit.

    Subclasses are not served: they may fire otherwise. `ask` returns what the kernel is told.
    """
    _RULES[neuron] = kernel, ask


def has_kernel(neuron: Neuron) -> bool:
    """Tell whether a kernel was registered for the neuron's class."""
    return type(neuron) in _RULES


def launch(neuron: Neuron, state: State, step: Step) -> Launch | None:
    """Return what a kernel takes in place of `neuron.step`, None where `step` must be called."""
    if not has_kernel(neuron):
        return None
    kernel, ask = _RULES[type(neuron)]
    found = ask(neuron, state, step)
    if found is None:
        return None
    shift = neuron.shift if step.bias else 0.0
    shift = shift if found.shift is None else found.shift
    return Launch(kernel, state["v"], neuron.theta, shift, found.memory, found.constants)
