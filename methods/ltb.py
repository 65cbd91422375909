"""Local threshold balancing. Bu, Li, Yu, CVPR 2025 ("inference-scale" ANN-SNN conversion).

Each channel's threshold climbs along the gradient of the local error that clipping it makes,
theta <- theta + rate * 2 * mean[(x - theta) 1(x > theta)], x being the pre-activation in a network
whose layers are all clipped at their present thresholds. It climbs towards the maximum without
ever arriving: the number of batches is the regulariser, so it is an option and is reported. The
default, 200 batches of 16 patches, shows it 3200. The neuron starts at theta/2.

Deviations: the neuron fires at u >= theta, where the authors' code asks for u > theta; the batches
are the calibration patches, taken in turn. Delayed evaluation is this benchmark's `readout`.
SpikingJelly's recipe computes the same thresholds on the same batches, but raises them to 1e-6
after each batch instead of once at the end: a channel silent in one batch may differ by it.
"""

import torch

from spikebench.snn import IF, SMALLEST_THRESHOLD, Count, Method, Positive, run_ann


class LocalThresholdBalancing(Method):
    title = "LTB"
    citation = "bu2025inference"
    family = "training-free"

    batches: Count = 200
    batch: Count = 16  # patches
    rate: Positive = 1.0

    def convert(self, network, calibration, timesteps):
        theta = {site.name: torch.zeros(()) for site in network.sites}

        def clip(site, value):
            if site.name not in theta:  # a relay
                return value
            above = (value - theta[site.name]).relu().mean(dim=(0, 2, 3), keepdim=True)
            theta[site.name] = theta[site.name] + 2 * self.rate * above
            return value.relu().minimum(theta[site.name])

        parts = calibration.patches.split(self.batch)
        for number in range(self.batches):
            run_ann(network.graph, parts[number % len(parts)], activate=clip)
        for site in network.sites:
            found = theta[site.name].clamp(min=SMALLEST_THRESHOLD)
            network.place(site, IF(found, initial=found / 2))
        return network
