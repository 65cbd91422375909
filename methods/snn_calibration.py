"""SNN Calibration. Li et al., ICML 2021 / IJCV 2024, training-free stages.

The threshold of a layer is the one whose T-level quantiser (rounding down) loses least of the ANN's
activation, searched on 95 candidates below the maximum. At every step theta/(2T) is added to the
current, which at step T is as good as starting at theta/2. Then, layer by layer, each calibrated on
the spikes that the layers before it now send (`stage`):

- `light`: the mean difference to the ANN, per channel, is taken from the bias at every step;
- `potential`: T times that difference is put on the membrane before the first step;
- `threshold`: neither.

Everything depends on T, so there is a conversion for each T.

Two options depart from the paper where that helps restoration: `rounding: nearest` searches the
threshold for a quantiser that rounds to the nearest level, which is what a neuron that starts at
theta/2 does; `half: start` puts theta/2 on the membrane once in place of theta/(2T) at every step,
which arrives too late for the first spikes.

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
    rounding: Literal["floor", "nearest"] = "floor"
    half: Literal["step", "start"] = "step"

    def convert(self, network, calibration, timesteps):
        (total,) = timesteps
        options = {"per_channel": self.per_channel, "rounding": self.rounding}
        for site in network.graph.sites:
            if site.role == "relay":
                calibration.place_relay(network, site)
                continue
            theta = calibration.mse(site, total, **options)
            network.place(site, self._neuron(theta, total))
            if self.stage != "threshold":
                self._calibrate(network, calibration, site, total)
        return network

    def _neuron(self, theta, total):
        if self.half == "start":
            return IF(theta, initial=theta / 2)
        return IF(theta, shift=theta / (2 * total))

    def _calibrate(self, network, calibration, site, total):
        neuron = network.neurons[site.name]
        gap = activation_gap(network, calibration, site, total)
        if self.stage == "light":
            network.adjust(site, shift=neuron.shift + gap)
        else:
            network.adjust(site, initial=neuron.initial + total * gap)
