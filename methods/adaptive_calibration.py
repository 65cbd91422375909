"""Adaptive Calibration. Wang et al., AAAI 2025 (AdaFire neurons), calibrated for each T.

A neuron sends up to phi spikes of theta in a step, phi by layer. The threshold of a channel is the
one whose quantiser of phi*T levels loses least of the ANN's activation (95 candidates below the
maximum, rounding down); theta/(2T) is added to the current at every step; layer by layer, the mean
difference to the ANN, per channel, is then taken from the bias (SNN Calibration, `light`).

`adaptive` chooses phi by layer from 1 to `largest`. One layer at a time is quantised on the patches
while the others stay the ANN, which gives the output's error and the layer's spikes for each phi.
The choice has the least sum of errors among all that send at most `budget` times the spikes of
phi = `cap` everywhere. Without `adaptive`, phi = `cap`.

Deviations: the error is the mean squared one of the image, for the paper's divergence of class
probabilities; the choice is an exact dynamic programme on a budget in 1000 shares, for the paper's
search along Pareto frontiers; statistics are taken over all patches at once; no compression of
spikes by raised thresholds, no early exit (it needs class probabilities); relays keep their default
neuron.
"""

import torch

from spikebench.snn import (
    Burst,
    BurstSize,
    Method,
    Positive,
    activation_gap,
    choose,
    sensitivity,
    sensitivity_target,
)


class AdaptiveCalibration(Method):
    title = "Adaptive Calibration"
    citation = "wang2025adaptive"
    family = "training-free"
    anytime = False

    cap: BurstSize = 4
    adaptive: bool = True
    largest: BurstSize = 8
    budget: Positive = 0.95

    def convert(self, network, calibration, timesteps):
        (total,) = timesteps
        caps = self._caps(network, calibration, total)
        for site in network.graph.sites:
            if site.role == "relay":
                calibration.place_relay(network, site)
                continue
            cap = caps[site.name]
            theta = calibration.mse(site, total, per_channel=True, cap=cap)
            neuron = Burst(theta, shift=theta / (2 * total), cap=cap)
            network.place(site, neuron)
            gap = activation_gap(network, calibration, site, total)
            network.adjust(site, shift=neuron.shift + gap)
        return network

    def _caps(self, network, calibration, total):
        """Return phi by site."""
        names = [site.name for site in network.sites]
        if not (self.adaptive and names):
            return dict.fromkeys(names, self.cap)
        target = sensitivity_target(network, calibration)
        choices = range(1, max(self.cap, self.largest) + 1)

        def measure(site, cap):
            theta = calibration.mse(site, total, per_channel=True, cap=cap)
            quantiser = {"theta": theta, "levels": total, "cap": cap}
            return sensitivity(network, calibration, site, **quantiser, target=target)

        measured = torch.tensor([[measure(site, cap) for cap in choices] for site in network.sites])
        errors, spikes = measured[:, : self.largest].unbind(dim=-1)
        budget = self.budget * float(measured[:, self.cap - 1, 1].sum())
        return {n: i + 1 for n, i in zip(names, choose(errors, spikes, budget), strict=True)}
