"""ST-BIF: signed neurons that settle at a quantised ANN. You et al., ICML 2024 (SpikeZIP-TF).

The network is trained with activations s * clip(round(z/s), 0, L). The image is presented once. A
neuron starts at s/2; at u >= s it sends +1 unless its sum is L, at u < 0 it sends -1 unless its sum
is 0. Values are read as sums, not as means: after enough steps nothing moves any more and the
spiking network is the quantised ANN, whatever the order of the spikes. Before that, a value of n
steps of s needs n time steps in each layer, so that small T see only the beginning.

The quantiser is the one of Fast-SNN with L = 2^b - 1, so the states of its recipes serve here too;
at relays the sum reaches from -L to L.

Deviations: a convolutional network in place of a transformer; s is learnt for each channel, and
without the scaling of its gradient by LSQ; fine-tuned from the ANN on few patches, by the distance
to the ANN's output.
"""

from dataclasses import dataclass

import torch

from spikebench.snn import InputOnce, Method, SignedIF, Sum


@dataclass(frozen=True)
class STBIF(SignedIF):
    """Signed IF whose sum of spikes stays between `least` and `most`."""

    most: int = 15
    least: int = 0

    def fire(self, u, state, step):
        number = (u >= self.theta).logical_and_(state["sent"] < self.most).to(torch.int8)
        number.sub_((u < 0).logical_and_(state["sent"] > self.least).to(torch.int8))
        state["sent"].add_(number)
        return number


class SpikeTracer(Method):
    title = "ST-BIF"
    citation = "you2024spikezip"
    family = "trained"

    tuned: str = "fast_snn_4"

    def convert(self, network, calibration, timesteps):
        levels = calibration.state.levels
        for site in network.graph.sites:
            unit = calibration.trained(site) / levels
            least = -levels if site.role == "relay" else 0
            network.place(site, STBIF(unit, initial=unit / 2, most=levels, least=least))
        network.protocol, network.readout = InputOnce(), Sum()
        return network
