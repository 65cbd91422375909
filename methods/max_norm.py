"""Max threshold normalisation. Diehl et al., IJCNN 2015, sec. II-C (data-based normalisation).

theta is the largest activation of the layer over all calibration patches: the exact maximum, not a
moving average of batch maxima.

Deviations: soft reset by default, as everyone uses it today (Rueckauer et al. 2017; Han et al.
2020); `hard_reset` is the original neuron. Biases are kept.
"""

from spikebench.snn import IF, Method


class MaxNorm(Method):
    title = "Max norm"
    citation = "diehl2015fast"
    family = "training-free"

    hard_reset: bool = False

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            network.place(site, IF(calibration.maximum(site), hard_reset=self.hard_reset))
        return network
