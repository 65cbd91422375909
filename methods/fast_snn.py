"""Fast-SNN: a quantised ANN run by signed neurons. Hu et al., TPAMI 2023.

The network is trained with activations of b bits, alpha/n * round(n * clip(z/alpha, 0, 1)) with
n = 2^b - 1, and alpha becomes the threshold: T = n steps can say the same values. The neuron
starts at alpha/2, fires at u >= alpha, and takes a spike back (-1) at u < 0 if it has sent one,
which makes good most of what it sent too early.

Deviations: weights stay fp32 and there is no layer-wise fine-tuning of the spiking network;
fine-tuned from the ANN on few patches, by the distance to the ANN's output; alpha is learnt for
each channel, not for each layer, and starts where it loses least; half rounds up, as the neuron
does; of the two spikes that the authors' neuron may send in one step, +1 and then -1, this one
sends none; at relays the clip is [-1, 1] and the neuron signed.
"""

from spikebench.snn import Method, Relay, SignedIF


class FastSNN(Method):
    title = "Fast-SNN"
    citation = "hu2023fastsnn"
    family = "trained"

    tuned: str = "fast_snn_3"

    def convert(self, network, calibration, timesteps):
        for site in network.graph.sites:
            theta = calibration.trained(site)
            relay = site.role == "relay"
            network.place(site, Relay(theta) if relay else SignedIF(theta, initial=theta / 2))
        return network
