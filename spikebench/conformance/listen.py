"""Hear what the neurons of a network receive and send, without touching what they do."""

import copy
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from spikebench.snn import Network, Neuron, Step, simulate
from spikebench.snn.engine.counters import Recording


@dataclass
class Firing:
    """One step of one site, tensors (N, C, H, W): what came, how many spikes left, their values."""

    step: Step
    current: Tensor
    number: Tensor
    values: Tensor


@dataclass
class Train:
    """All steps of one site, and its membrane potential before the first and after the last."""

    neuron: Neuron
    firings: list[Firing] = field(default_factory=list)
    before: Tensor | None = None
    after: Tensor | None = None


def overheard_run(
    network: Network, image: Tensor, timesteps: int, dtype: torch.dtype = torch.float32
) -> tuple[Recording, dict[str, Train]]:
    """Run a copy of the network in `dtype`; return its recording and every site's train."""
    ears, trains = listen(copy.deepcopy(network).to(dtype))
    (recording,) = simulate(ears, image.to(dtype), [timesteps])
    return recording, trains


def listen(network: Network) -> tuple[Network, dict[str, Train]]:
    """Return a network that behaves alike, and the trains that fill while it is simulated."""
    trains = {site: Train(neuron) for site, neuron in network.neurons.items()}
    return replace(network, neurons={s: _overheard(train) for s, train in trains.items()}), trains


def _overheard(train: Train) -> Neuron:
    neuron, ear = train.neuron, copy.copy(train.neuron)

    def step(state, current, step, out=None):
        if not train.firings:
            train.before = state["v"].clone()
        received = current.clone()  # `out` may be the same memory
        values, number = neuron.step(state, current, step, out)
        train.firings.append(Firing(step, received, number.clone(), values.clone()))
        train.after = state["v"].clone()
        return values, number

    ear.step = step
    return ear
