"""Burst spikes: up to `cap` spikes a step. Li & Zeng, IJCAI 2022, sec. 3.2.

Deviations: the 99.9th percentile of non-zero activations in place of the authors' 99th or 99.95th
of all of them; no max-pooling rule, since no backbone here pools by maximum. A burst of n counts as
n spikes.
"""

from spikebench.snn import Burst, BurstSize, Method, Percentile, Potential


class BurstSpikes(Method):
    title = "Burst"
    citation = "li2022burst"
    family = "training-free"

    percentile: Percentile = 99.9
    per_channel: bool = False
    initial: Potential = 0.0  # v(0) in units of the threshold
    cap: BurstSize = 5

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            theta = calibration.percentile(site, self.percentile, per_channel=self.per_channel)
            network.place(site, Burst(theta, initial=self.initial * theta, cap=self.cap))
        return network
