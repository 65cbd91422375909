"""What tests of invariants share: one neuron driven in exact numbers, one network listened to.

Currents, thresholds and potentials are integer multiples of 1/16, so that float64 is exact and
oracles compute with Python integers. z are currents, v0 is the initial potential.
"""

import sys
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace

import torch
from hypothesis import strategies as st
from torch import Tensor, nn

from spikebench.snn import (
    IF,
    Burst,
    Firing,
    Method,
    MultiThreshold,
    Network,
    Neuron,
    Relay,
    SignedIF,
    Step,
    load_method,
)
from tests.snn.nets import chain, conv

UNIT = 2.0**-4
currents = st.integers(-64, 64)
trains = st.lists(currents, min_size=1, max_size=12)
thresholds = st.integers(1, 40)
shares = st.fractions(0, Fraction(15, 16), max_denominator=16)  # of the threshold, for v0
seeds = st.integers(0, 10_000)


@cache
def _method(name: str) -> tuple[type[Method], ModuleType]:
    kind = type(load_method(Path(f"methods/{name}.py")))
    return kind, sys.modules[kind.__module__]


def module(name: str) -> ModuleType:
    """Return the loaded file methods/<name>.py."""
    return _method(name)[1]


@cache
def _one_site() -> Network:
    return Network.of(nn.Sequential(conv(), nn.ReLU(), conv()))


def placed(name: str, theta: Tensor, timesteps: int = 1, **options) -> Neuron:
    """Return the neuron that a method places where its calibration finds the threshold theta."""
    network = replace(_one_site(), neurons={})
    finds = dict.fromkeys(("percentile", "maximum", "mse"), lambda *_, **__: theta)
    _method(name)[0](**options).convert(network, SimpleNamespace(**finds), (timesteps,))
    return network.neurons[network.sites[0].name]


# Neurons by name, each built from (theta, v0), that lose no charge.
SOFT = {
    "if": IF,
    "burst": lambda theta, v0: Burst(theta, v0, cap=3),
    "signed": SignedIF,
    "relay": Relay,
    "multi": lambda theta, v0: MultiThreshold(theta, v0, levels=3),
    "signed with memory": lambda theta, v0: module("snm").SignedNeuronWithMemory(theta, v0),
    "four levels": lambda theta, v0: module("spiking_unet").FourLevels(theta, v0),
    "offset shifted": lambda theta, v0: module("cos").Shifted(theta, v0),
    "potential reused": lambda theta, v0: module("spikingir").MPRN(theta, v0),
    "graded": lambda theta, v0: module("graded_reuse").GradedIF(theta, v0),
    "graded, signed": lambda theta, v0: module("graded_reuse").GradedRelay(theta, v0),
}


def real(units: int, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.tensor(units * UNIT, dtype=dtype)


def run(
    neuron: Neuron, train: Iterable[int], dtype: torch.dtype = torch.float64
) -> tuple[list[float], list[float]]:
    """Return the spike numbers of every step and the potentials after it, in units of 1/16."""
    state = neuron.start(torch.zeros(1, dtype=dtype))
    found, potentials = [], []
    for time, z in enumerate(train, 1):
        spikes, number = neuron.step(state, real(z, dtype)[None], Step(time))
        assert torch.equal(spikes, number * neuron.theta)
        found.append(float(number))
        potentials.append(state["v"].item() / UNIT)
    return found, potentials


def clip(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))


class Heard(dict[str, list[Tensor]]):
    """What each site sends at each step of the simulations that this observes."""

    def __init__(self, network: Network) -> None:
        super().__init__({name: [] for name in network.neurons})

    def __call__(self, firing: Firing) -> None:
        self[firing.site].append(firing.values.clone())


def lively_chain(seed: int) -> nn.Sequential:
    """Return `chain()` with weights in sixteenths, of a size that neither fades nor blows up."""
    random = torch.Generator().manual_seed(seed)
    network = chain().double().requires_grad_(False)
    for layer in network:
        if isinstance(layer, nn.Conv2d):
            deviation = (2 / layer.weight[0].numel()) ** 0.5
            weight = torch.randn(layer.weight.shape, generator=random, dtype=torch.float64)
            bias = torch.rand(layer.bias.shape, generator=random, dtype=torch.float64) - 0.4
            layer.weight.copy_(sixteenths(weight * deviation))
            layer.bias.copy_(sixteenths(bias * 0.5))
    return network


def sixteenths(values: Tensor) -> Tensor:
    return torch.round(values * 16) / 16
