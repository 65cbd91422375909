"""QCFS: an ANN trained with a quantised, clipped and shifted ReLU. Bu et al., ICLR 2022.

The network is trained with lambda * floor(clip(z/lambda, 0, 1) * L + 1/2) / L in place of ReLU, the
gradient passing straight through the rounding (lambda learns from what is clipped). Then lambda is
the threshold of an integrate-and-fire neuron that starts at half of it: on a constant current T = L
steps give just that staircase.

`protocol` runs the trained network as others do who start from QCFS: `srp` silences the neurons
that a first run of four steps leaves without potential, `cos` lets every layer listen to its first
four currents and shifts its potential by one spike, `group` gives each neuron four members that
fire at theta/4 and its multiples (the files of those methods say more).

Deviations: fine-tuned from the ANN on few patches, by the distance to the ANN's output, where the
paper trains a classifier from scratch; lambda is learnt for each channel, not for each layer, and
starts where it loses least; at relays the clip is [-1, 1] and the neuron signed.
"""

from typing import Literal

from spikebench.snn import (
    IF,
    Burst,
    Method,
    Presimulation,
    Protocol,
    Rehearsal,
    Relay,
    Shifted,
    Silenced,
)

STEPS = 4  # of the first run, listened to, or members: the defaults of all three papers
NEURONS = {"plain": IF, "srp": Silenced, "cos": Shifted}


class QCFS(Method):
    title = "QCFS"
    citation = "bu2022qcfs"
    family = "trained"

    tuned: str = "qcfs_8"
    protocol: Literal["plain", "srp", "cos", "group"] = "plain"

    def convert(self, network, calibration, timesteps):
        for site in network.graph.sites:
            theta = calibration.trained(site)
            relay = site.role == "relay"
            network.place(site, Relay(theta) if relay else self._neuron(theta))
        network.protocol = self._protocol()
        return network

    def _neuron(self, theta):
        if self.protocol == "group":
            part = theta / STEPS
            return Burst(part, initial=part / 2, cap=STEPS)
        return NEURONS[self.protocol](theta, initial=theta / 2)

    def _protocol(self):
        if self.protocol == "srp":
            return Presimulation(steps=STEPS)
        return Rehearsal(steps=STEPS) if self.protocol == "cos" else Protocol()
