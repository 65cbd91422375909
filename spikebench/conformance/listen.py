"""Hear what the neurons of a network receive and send."""

import copy
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from spikebench.snn import Firing, Network, Neuron, Recording, simulate


@dataclass
class SpikeTrain:
    """All steps of one site, and its membrane potential before the first and after the last."""

    neuron: Neuron
    firings: list[Firing] = field(default_factory=list)
    after: Tensor = field(default_factory=lambda: torch.zeros(()))

    @property
    def before(self) -> Tensor:
        """The membrane potential before the first step."""
        return self.firings[0].before

    def add(self, firing: Firing) -> None:
        """Add the next step, with copies of what later steps change."""
        kept = replace(firing, number=firing.number.clone(), sent=firing.values.clone())
        self.firings.append(kept)
        self.after = firing.state["v"].clone()


def overheard_run(
    network: Network, image: Tensor, timesteps: int, dtype: torch.dtype = torch.float32
) -> tuple[Recording, dict[str, SpikeTrain]]:
    """Run a copy of the network in `dtype`; return its recording and every site's train."""
    copied = copy.deepcopy(network).to(dtype)
    trains = {site: SpikeTrain(neuron) for site, neuron in copied.neurons.items()}
    (recording,) = simulate(
        copied, image.to(dtype), [timesteps], observe=lambda firing: trains[firing.site].add(firing)
    )
    return recording, trains
