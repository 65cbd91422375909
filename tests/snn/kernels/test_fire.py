"""Neurons in one pass against the same neurons in PyTorch, to the bit."""

import sys
from dataclasses import dataclass

import pytest
import torch

from spikebench.snn.kernels import fire, library
from spikebench.snn.model.kernel_rules import Arguments, launch, register_kernel
from spikebench.snn.model.neuron import Neuron
from spikebench.snn.model.neurons import IF, INTEGRATE_AND_FIRE, Burst, MultiThreshold, SignedIF
from spikebench.snn.model.spikes.spikemap import SpikeMap
from spikebench.snn.model.step import Step

pytestmark = pytest.mark.skipif(not library.available(), reason="the kernels were not compiled")

HARD = Arguments(constants=(1.0,))
NEURONS = {
    "IF": lambda theta, shift: IF(theta, initial=theta / 2, shift=shift),
    "hard reset": lambda theta, shift: IF(theta, shift=shift, hard_reset=True),
    "multi-threshold": lambda theta, shift: MultiThreshold(theta, shift=shift, levels=3),
    "burst": lambda theta, shift: Burst(theta, shift=shift, cap=3),
    "signed IF": lambda theta, shift: SignedIF(theta, initial=theta / 2, shift=shift),
}


def maps(seed: int, *shape: int) -> torch.Tensor:
    random = torch.Generator().manual_seed(seed)
    value = torch.randn(shape, generator=random)
    return value.contiguous(memory_format=torch.channels_last)


def run(neuron: Neuron, currents: list[torch.Tensor], *, compiled: bool) -> list[torch.Tensor]:
    state, kept = neuron.start(currents[0]), []
    for time, current in enumerate(currents, start=1):
        step, heard = Step(time, bias=time % 2 == 1), current.clone()
        if compiled:
            (number,) = fire.fire([launch(neuron, state, step)], [heard])
            values = SpikeMap(number, neuron.theta).values
            assert torch.equal(heard, current)
        else:
            values, number = neuron.step(state, heard, step, out=heard if time % 3 else None)
        kept += [values.clone(), number.float(), *(value.clone() for value in state.values())]
    return kept


@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize("build", NEURONS.values(), ids=NEURONS)
def test_a_step_in_one_pass_equals_pytorch_to_the_bit(build, per_channel):
    theta = maps(1, 1, 5, 1, 1).abs() + 0.1 if per_channel else torch.tensor(0.3)
    neuron = build(theta, theta / 8)
    currents = [maps(seed, 2, 5, 7, 6) for seed in range(6)]
    fast, slow = (run(neuron, currents, compiled=compiled) for compiled in (True, False))
    assert all(torch.equal(a, b) for a, b in zip(fast, slow, strict=True))


def test_a_subclass_that_fires_otherwise_is_not_run_by_its_parents_kernel():
    class Never(IF):
        def fire(self, u, state, step):
            return torch.zeros_like(u, dtype=torch.bool)

    never = Never(torch.tensor(0.5))
    assert launch(never, never.start(maps(0, 1, 4, 3, 3)), Step(1)) is None


def test_a_registered_neuron_is_run_by_its_kernel_where_that_serves():
    @dataclass(frozen=True)
    class Pausing(IF):
        pass

    register_kernel(
        Pausing, INTEGRATE_AND_FIRE, lambda neuron, state, step: None if step.time > 1 else HARD
    )
    neuron = Pausing(torch.tensor(0.5))
    state = neuron.start(maps(0, 1, 4, 3, 3))
    found = launch(neuron, state, Step(1))
    assert (found.kernel, found.constants) == (INTEGRATE_AND_FIRE, (1.0,))
    assert launch(neuron, state, Step(2)) is None


def test_maps_that_no_kernel_fits_stay_as_they_are():
    neuron, current = IF(torch.tensor(0.5)), maps(0, 1, 4, 3, 3)
    state = neuron.start(current)
    assert fire.fire([launch(neuron, state, Step(1))], [current.contiguous()]) is None
    assert not state["v"].any()
    assert fire.values(current.to(torch.int8).contiguous(), neuron.theta) is None


def test_without_triton_a_gpu_steps_in_pytorch_and_says_so(monkeypatch):
    monkeypatch.delattr("spikebench.snn.kernels.on_gpu", raising=False)
    monkeypatch.setitem(sys.modules, "spikebench.snn.kernels.on_gpu", None)
    fire.gpu_kernels.cache_clear()
    with pytest.warns(UserWarning, match=r"slower .*Triton does not run here .*halted"):
        assert fire.gpu_kernels() is None
    fire.gpu_kernels.cache_clear()
