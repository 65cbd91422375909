"""Optimisation by residual membrane potential. Hao et al., AAAI 2023 (SRP).

The network runs twice. Of the first run, `presimulation` steps, nothing is read; at its end each
neuron looks at its potential: where that is not above 0 the neuron has fired more than it should
have, and is silenced for the second run, in which it integrates and resets but sends nothing. Both
runs start at theta/2. The first run's passes, spikes and state operations are counted.

Deviations: no quantisation-aware training: the paper's networks are trained with QCFS, whose few
levels give a residual potential its meaning. theta is the 99.9th percentile per channel.
"""

from spikebench.snn import Count, Method, Percentile, Presimulation, Silenced


class SRP(Method):
    title = "SRP"
    citation = "hao2023srp"
    family = "training-free"

    presimulation: Count = 4
    percentile: Percentile = 99.9

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            theta = calibration.percentile(site, self.percentile, per_channel=True)
            network.place(site, Silenced(theta, initial=theta / 2))
        network.protocol = Presimulation(steps=self.presimulation)
        return network
