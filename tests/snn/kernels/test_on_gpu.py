"""Triton's kernels, in its interpreter, against the same neurons in PyTorch, to the bit."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from spikebench.snn import load_method
from spikebench.snn.kernels.launch import Kernel, Launch
from spikebench.snn.model.kernel_rules import launch
from spikebench.snn.model.neurons import IF, Burst, MultiThreshold, SignedIF
from spikebench.snn.model.step import Step

if sys.platform != "linux":
    pytest.skip("triton is made for Linux", allow_module_level=True)
from tests.interpreted import on_gpu

DCGS = sys.modules[type(load_method(Path("methods/dcgs.py"))).__module__]
CHANNELS, STEPS = 5, 4
LAYOUTS = {"channels last": torch.channels_last, "channels first": torch.contiguous_format}
NEURONS = {
    "IF": lambda theta: IF(theta, initial=theta / 2, shift=theta / 8),
    "hard reset": lambda theta: IF(theta, hard_reset=True),
    "signed IF": lambda theta: SignedIF(theta, initial=theta / 2),
    "burst": lambda theta: Burst(theta, cap=3, shift=theta / 8),
    "multi-threshold": lambda theta: MultiThreshold(theta, levels=3),
    "differential": lambda theta: DCGS.Differential(theta, initial=theta / 2),
    "differential, unguarded": lambda theta: DCGS.Differential(theta, guarded=False),
}


def maps(layout: torch.memory_format, *shape: int, steps: int = STEPS) -> list[torch.Tensor]:
    """Return currents of some steps, as a folded batch hands them on: (N, C, H, W) each."""
    random = torch.Generator().manual_seed(0)
    folded = torch.randn(steps * shape[0], *shape[1:], generator=random)
    return list(folded.contiguous(memory_format=layout).chunk(steps))


def thresholds() -> torch.Tensor:
    return torch.rand(1, CHANNELS, 1, 1, generator=torch.Generator().manual_seed(1)) + 0.1


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("side", [(7, 6), (20, 31)])  # below one block, and over several
@pytest.mark.parametrize("build", NEURONS.values(), ids=NEURONS)
def test_all_steps_in_one_pass_equal_pytorch_to_the_bit(build, layout, side):
    neuron, currents = build(thresholds()), maps(layout, 2, CHANNELS, *side)
    steps = [Step(time) for time in range(1, STEPS + 1)]
    fast, slow = (neuron.start(currents[0]) for _ in range(2))
    expected = [
        neuron.step(slow, current.clone(), step)[1]
        for current, step in zip(currents, steps, strict=True)
    ]
    found = on_gpu.fire([launch(neuron, fast, step) for step in steps], currents)
    for one, other in zip(found, expected, strict=True):
        assert torch.equal(one.float(), other.float())
    for name in slow:
        assert torch.equal(fast[name], slow[name])


def test_a_silent_neuron_resets_and_sends_nothing():
    layout, theta = torch.channels_last, torch.full((1, CHANNELS, 1, 1), 0.5)
    currents, neuron = maps(layout, 1, CHANNELS, 4, 4), IF(theta)
    loud, quiet = (neuron.start(currents[0]) for _ in range(2))
    silent = torch.ones_like(quiet["v"], dtype=torch.int8)
    rule = launch(neuron, quiet, Step(1))
    told = Launch(rule.kernel, quiet["v"], theta, 0.0, (None, silent), (0.0,))
    numbers = on_gpu.fire([told] * STEPS, currents)
    assert not torch.stack(numbers).any()
    on_gpu.fire([launch(neuron, loud, Step(1))] * STEPS, currents)
    assert torch.equal(loud["v"], quiet["v"])


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_currents_may_lie_apart_or_otherwise_than_the_membranes(layout):
    neuron, together = IF(thresholds()), maps(torch.channels_last, 1, CHANNELS, 5, 5)
    apart = [current.clone(memory_format=layout) for current in together]
    states = [neuron.start(together[0]) for _ in range(2)]
    found = [
        on_gpu.fire([launch(neuron, state, Step(1))] * STEPS, currents)
        for state, currents in zip(states, (together, apart), strict=True)
    ]
    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))
    assert torch.equal(states[0]["v"], states[1]["v"])


def test_a_constant_current_is_heard_in_every_step():
    neuron, (current, *_) = IF(thresholds()), maps(torch.channels_last, 1, CHANNELS, 5, 5)
    states = [neuron.start(current) for _ in range(2)]
    found = on_gpu.fire([launch(neuron, states[0], Step(1))] * STEPS, [current] * STEPS)
    expected = [neuron.step(states[1], current.clone(), Step(1))[1] for _ in range(STEPS)]
    assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))


def fitting() -> tuple[Launch, list[torch.Tensor]]:
    neuron, currents = SignedIF(thresholds()), maps(torch.channels_last, 1, CHANNELS, 4, 4)
    return launch(neuron, neuron.start(currents[0]), Step(1)), currents


def test_what_does_not_fit_is_left_to_pytorch():
    told, currents = fitting()
    unknown = replace(told, kernel=Kernel("leaky"))
    double = replace(told, v=told.v.double())
    otherwise = replace(told, memory=(told.memory[0].contiguous(),))
    before = told.v.clone()
    for one in (unknown, double, otherwise):
        assert on_gpu.fire([one] * STEPS, currents) is None
    assert on_gpu.fire([told, fitting()[0], told, told], currents) is None  # of two layers
    assert torch.equal(told.v, before)


def test_the_probe_launches_a_kernel():
    on_gpu.probe(torch.device("cpu"))
