"""Signed multi-threshold neurons, rate-coded. Huang et al., ICML 2025, the neuron of DCGS.

In one step a neuron sends one graded spike, +-theta/2^k with k = 0 .. n-1: the largest level of
which it holds three quarters. That rounds to the nearest level, so it starts empty. A negative
spike is sent only as far as the sum of what was sent stays >= 0, as ReLU asks.

Deviations: none for the neuron; thresholds are the 99.9th percentile per channel of the calibration
patches (the authors' program calibrates on the test set).
"""

from spikebench.snn import Levels, Method, MultiThreshold, Percentile


class MultiThresholdRate(Method):
    title = "Multi-threshold"
    citation = "huang2025dcgs"
    family = "training-free"

    levels: Levels = 4
    percentile: Percentile = 99.9

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            theta = calibration.percentile(site, self.percentile, per_channel=True)
            network.place(site, MultiThreshold(theta, levels=self.levels))
        return network
