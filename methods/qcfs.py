"""QCFS: an ANN trained with a quantised, clipped and shifted ReLU. Bu et al., ICLR 2022.

The network is trained with lambda * floor(clip(z/lambda, 0, 1) * L + 1/2) / L in place of ReLU, the
gradient passing straight through the rounding (lambda learns from what is clipped). Then lambda is
the threshold of an integrate-and-fire neuron that starts at half of it: on a constant current T = L
steps give just that staircase.

`protocol` runs the trained network as others do who start from QCFS: `srp` silences the neurons
that a first run of `steps` steps leaves without potential, `cos` lets every layer listen to its
first `steps` currents and shifts its potential by one spike, `group` gives each neuron `steps`
members at theta/`steps` (the files of those methods say more).

Deviations: fine-tuned from the ANN on few patches, by the distance to the ANN's output, where the
paper trains a classifier from scratch; lambda is learnt for each channel, not for each layer, and
starts where it loses least; at relays the clip is [-1, 1] and the neuron signed.
"""

from typing import Literal

from pydantic import PositiveInt

from spikebench.snn import IF, Burst, Method, Protocol, Relay
from spikebench.snn.presimulation import Presimulation, Silenced
from spikebench.snn.rehearsal import Rehearsal, Shifted

NEURONS = {"plain": IF, "srp": Silenced, "cos": Shifted}


class QCFS(Method):
    title = "QCFS"
    citation = "bu2022qcfs"
    family = "trained"

    tuned: str = "qcfs_8"
    protocol: Literal["plain", "srp", "cos", "group"] = "plain"
    steps: PositiveInt = 4

    def convert(self, network, calibration, timesteps):
        for site in network.graph.sites:
            theta = calibration.trained(site)
            relay = site.role == "relay"
            network.place(site, Relay(theta) if relay else self._neuron(theta))
        network.protocol = self._protocol()
        return network

    def _neuron(self, theta):
        if self.protocol == "group":
            part = theta / self.steps
            return Burst(part, initial=part / 2, cap=self.steps)
        return NEURONS[self.protocol](theta, initial=theta / 2)

    def _protocol(self):
        if self.protocol == "srp":
            return Presimulation(steps=self.steps)
        return Rehearsal(steps=self.steps) if self.protocol == "cos" else Protocol()
