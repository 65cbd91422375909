"""SNN Calibration. Li et al., ICML 2021 / IJCV 2024, training-free stages.

The threshold of a layer is the one whose T-level quantiser (rounding down) loses least of the ANN's
activation, searched on 95 candidates below the maximum. At every step theta/(2T) is added to the
current, which at step T is as good as starting at theta/2. Then, layer by layer, each calibrated on
the spikes that the layers before it now send:

- `light`: the mean difference to the ANN, per channel, is taken from the bias at every step;
- `potential`: T times that difference is put on the membrane before the first step.

Everything depends on T, so there is a conversion for each T.

Deviations: the statistics are taken over all patches at once, not as a moving average over batches;
potentials are calibrated per channel instead of per pixel, which would tie the network to one image
size; relays keep their default neuron. The stage with calibrated weights is
`snn_calibration_advanced`.
"""

from typing import Literal

from spikebench.snn import IF, Method, activation_gap


class SNNCalibration(Method):
    title = "SNN Calibration"
    citation = "li2021calibration"
    family = "training-free"
    anytime = False

    stage: Literal["threshold", "light", "potential"] = "light"
    per_channel: bool = False

    def convert(self, network, calibration, timesteps):
        (total,) = timesteps
        for site in network.graph.sites:
            if site.role == "relay":
                calibration.place_relay(network, site)
                continue
            theta = calibration.mse(site, total, per_channel=self.per_channel)
            neuron = IF(theta, shift=theta / (2 * total))
            network.place(site, neuron)
            if self.stage == "light":
                gap = activation_gap(network, calibration, site, total)
                network.adjust(site, shift=neuron.shift + gap)
            elif self.stage == "potential":
                gap = activation_gap(network, calibration, site, total)
                network.adjust(site, initial=total * gap)
        return network
