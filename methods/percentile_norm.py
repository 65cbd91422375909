"""Percentile threshold normalisation. Rueckauer et al., Front. Neurosci. 2017, sec. 2.2.2.

theta is the 99.9th percentile of the layer's non-zero activations, the definition of the authors'
toolbox. With `per_channel` each output channel has a threshold of its own; `initial` = 0.5 starts
the membrane at theta/2, which makes the expected conversion error zero (Bu et al., AAAI 2022).
"""

from spikebench.snn import IF, Method, Percentile, Potential


class PercentileNorm(Method):
    title = "Percentile norm"
    citation = "rueckauer2017conversion"
    family = "training-free"

    percentile: Percentile = 99.9
    per_channel: bool = False
    initial: Potential = 0.0  # v(0) in units of the threshold

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            theta = calibration.percentile(site, self.percentile, per_channel=self.per_channel)
            network.place(site, IF(theta, initial=self.initial * theta))
        return network
