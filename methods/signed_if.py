"""Signed integrate-and-fire with memory: a spike sent too early is taken back.

The neuron fires -theta where its potential is below zero and it has sent more than it took back.
Wang et al., IJCAI 2022 introduced signed spikes with memory; firing the negative spike at u < 0
with v(0) = theta/2 follows Hu et al., TPAMI 2023 (Fast-SNN, eq. 12).

Deviations: no quantisation-aware training; thresholds are the 99.9th percentile per channel, where
Wang et al. take the maximum of each neuron, which fits only one image size; there is no upper level
at which a quantiser would clip, only one spike a step.
"""

from spikebench.snn import Method, Percentile, Potential, SignedIF


class SignedIntegrateAndFire(Method):
    title = "Signed IF"
    citation = "wang2022signed"
    family = "training-free"

    percentile: Percentile = 99.9
    per_channel: bool = True
    initial: Potential = 0.5  # v(0) in units of the threshold

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            theta = calibration.percentile(site, self.percentile, per_channel=self.per_channel)
            network.place(site, SignedIF(theta, initial=self.initial * theta))
        return network
