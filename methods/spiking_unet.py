"""The multi-threshold neuron of Spiking-UNet. Li et al., Neurocomputing 586, 2024, sec. 3.2.

In one step a neuron sends up to one spike of each value 2 theta, theta, theta/2 and theta/4: from
the largest to the smallest, each is sent and taken from the membrane if the membrane exceeds it.
theta is the 99.9th percentile of the layer. Four spikes may leave together; each of them counts.

With `tuned` the weights are fine-tuned as in sec. 3.3: the network runs for T steps, the forward
value of each layer is the rate at which its neurons fired, backwards it is the identity where the
sum of a neuron's currents is positive.

Deviations: the connection-wise normalisation of concatenated inputs is not needed, because spikes
carry their values here; average pools stay linear, where the paper puts a neuron behind each.
Fine-tuned networks have one threshold for each channel, the one that loses least of the ANN's
activations in 16 steps; their loss is that of all recipes here (docs/finetuning.md).
"""

from spikebench.snn import FourLevels, Method, Percentile, Relay


class SpikingUNet(Method):
    title = "Spiking-UNet neuron"
    citation = "li2024spikingunet"
    family = "training-free"

    percentile: Percentile = 99.9
    per_channel: bool = False
    tuned: str = ""

    def convert(self, network, calibration, timesteps):
        if self.tuned:
            for site in network.graph.sites:
                neuron = Relay if site.role == "relay" else FourLevels
                network.place(site, neuron(calibration.trained(site)))
            return network
        for site in network.sites:
            theta = calibration.percentile(site, self.percentile, per_channel=self.per_channel)
            network.place(site, FourLevels(theta))
        return network
