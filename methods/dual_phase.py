"""Two-stage optimisation, stage II alone. Wang et al., TNNLS 2025: layer-wise calibration.

Layer by layer, each on the spikes that the layers before it now send, for one T. The threshold of a
channel starts at the one whose T-level quantiser loses least of the ANN's activation, v(0) at half
of it. Then

1. T times the mean difference between the ANN's activation and the mean of what the neuron sends is
   put on v(0), per channel;
2. the layer is fitted by gradient descent through its T steps on the squared error to the ANN's
   activation; a spike's gradient is the slope of a tanh. With `rounds` 0 thresholds and v(0) are
   fitted; with more, as the paper has it, weights, biases and v(0), over all patches in turn;
3. the first step is repeated.

The paper's stage I trains the ANN with a noisy quantiser, and is left out: the ANN stays as it is.

Deviations: of the second stage it is known from the authors' program that it calibrates v(0) before
and after a layer-wise descent with a tanh surrogate. The loss (theirs is a divergence of
distributions), the surrogate's sharpness and, for thresholds, their scaling, the rate and that each
channel keeps the best point it visited are our definition. The paper takes up to 10,000 rounds on
1,024 samples, with the rate that `weight_rate` has. Potentials are calibrated per channel instead
of per pixel; relays keep their default neuron, and their weights.
"""

from typing import Annotated

from pydantic import Field

from spikebench.snn import (
    IF,
    Count,
    Method,
    Positive,
    activation_gap,
    fit_layer,
    fit_thresholds,
    layer_currents,
)


class DualPhase(Method):
    title = "Dual-phase, stage II"
    citation = "wang2025dualphase"
    family = "few-shot"
    anytime = False

    iterations: Annotated[int, Field(ge=0)] = 20
    patches: Count = 8  # of the descent
    rate: Positive = 0.02
    rounds: Annotated[int, Field(ge=0)] = 0  # of a descent of weights, biases and v(0)
    batch: Count = 8  # patches in each of them
    weight_rate: Positive = 1e-4

    def convert(self, network, calibration, timesteps):
        (total,) = timesteps
        network.graph = network.graph.with_own_weights() if self.rounds else network.graph
        for site in network.graph.sites:
            if site.role == "relay":
                calibration.place_relay(network, site)
                continue
            theta = calibration.mse(site, total, per_channel=True, rounding="nearest")
            network.place(site, IF(theta, initial=theta / 2))
            self._fill(network, calibration, site, total)
            if self.rounds:
                descent = {"rounds": self.rounds, "batch": self.batch, "rate": self.weight_rate}
                fit_layer(network, calibration, site, total, **descent)
            else:
                self._descend(network, calibration, site, total)
            self._fill(network, calibration, site, total)
        return network

    def _fill(self, network, calibration, site, total):
        """Put on v(0) what T steps lack."""
        gap = activation_gap(network, calibration, site, total)
        network.adjust(site, initial=network.neurons[site.name].initial + total * gap)

    def _descend(self, network, calibration, site, total):
        neuron = network.neurons[site.name]
        heard = layer_currents(network, calibration, site, total, self.patches)
        target = calibration.activation(site)[: self.patches]
        options = {"iterations": self.iterations, "rate": self.rate}
        theta, initial = fit_thresholds(heard, target, neuron.theta, neuron.initial, **options)
        network.adjust(site, theta=theta, initial=initial)
