"""Neurons by their kernel for GPUs beside the same neurons in PyTorch, on one device."""

import statistics
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from spikebench.snn.model.kernel_rules import launch
from spikebench.snn.model.neuron import Neuron
from spikebench.snn.model.neurons import IF, Burst, MultiThreshold, SignedIF
from spikebench.snn.model.step import State, Step

CHANNELS, ROUNDS = 64, 5
NEURONS: dict[str, Callable[[Tensor], Neuron]] = {
    "integrate and fire": lambda theta: IF(theta, initial=theta / 2),
    "hard reset": lambda theta: IF(theta, hard_reset=True),
    "signed": lambda theta: SignedIF(theta, initial=theta / 2),
    "burst": lambda theta: Burst(theta, cap=5),
    "multi-threshold": lambda theta: MultiThreshold(theta, levels=8),
}


def compared(
    kernels: ModuleType, name: str, device: torch.device, side: int, steps: int
) -> dict[str, Any]:
    """Return whether a layer of (1, 64, side, side) gives the same bits both ways, and its seconds.

    `kernels` is `spikebench.snn.kernels.on_gpu`. Seconds are medians of runs taken in turn.
    """
    random = torch.Generator().manual_seed(0)
    theta = (torch.rand(1, CHANNELS, 1, 1, generator=random) + 0.1).to(device)
    folded = torch.randn(steps, CHANNELS, side, side, generator=random)
    currents = list(folded.contiguous(memory_format=torch.channels_last).to(device).chunk(steps))
    neuron, times = NEURONS[name](theta), [Step(time) for time in range(1, steps + 1)]

    def by_kernel(state: State) -> list[Tensor]:
        launches = [launch(neuron, state, step) for step in times]
        found: list[Tensor] = kernels.fire(launches, currents)
        return found

    def in_pytorch(state: State) -> list[Tensor]:
        pairs = zip(currents, times, strict=True)
        return [neuron.step(state, current, step)[1] for current, step in pairs]

    seconds, numbers, states = _in_turn([by_kernel, in_pytorch], neuron, currents[0])
    return {
        "neuron": name,
        "same_bits": all(map(_equal, *numbers)) and all(map(_equal, *states)),
        "seconds": dict(zip(("kernel", "pytorch"), seconds, strict=True)),
    }


def _in_turn(
    ways: list[Callable[[State], list[Tensor]]], neuron: Neuron, like: Tensor
) -> tuple[list[float], list[list[Tensor]], list[list[Tensor]]]:
    """Return of each way its median seconds, its last numbers and its last state."""
    seconds: list[list[float]] = [[] for _ in ways]
    numbers: list[list[Tensor]] = [[] for _ in ways]
    states: list[list[Tensor]] = [[] for _ in ways]
    for _ in range(1 + ROUNDS):  # the first to warm up
        for place, way in enumerate(ways):
            state = neuron.start(like)
            _wait(like)
            started = time.perf_counter()
            numbers[place] = way(state)
            _wait(like)
            seconds[place].append(time.perf_counter() - started)
            states[place] = list(state.values())
    return [statistics.median(taken[1:]) for taken in seconds], numbers, states


def _wait(like: Tensor) -> None:
    if like.is_cuda:
        torch.cuda.synchronize()


def _equal(one: Tensor, other: Tensor) -> bool:
    return torch.equal(one.float(), other.float())
