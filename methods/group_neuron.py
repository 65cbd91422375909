"""Group neuron. Lyu et al., ICASSP 2024.

A neuron is replaced by m members that share its input and its membrane and fire at theta/m, 2
theta/m .. theta: together they send up to m spikes of theta/m in one step. That is a burst neuron
of threshold theta/m and cap m that starts at theta/(2m), exactly, and is built as such. Each
member's spike is counted: a group that sends n of them pays n synaptic operations a connection.

Deviations: no quantisation-aware training; theta is the 99.9th percentile per channel.
"""

from spikebench.snn import Burst, BurstSize, Method, Percentile


class GroupNeuron(Method):
    title = "Group neuron"
    citation = "lyu2024group"
    family = "training-free"

    members: BurstSize = 4
    percentile: Percentile = 99.9

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            theta = calibration.percentile(site, self.percentile, per_channel=True) / self.members
            network.place(site, Burst(theta, initial=theta / 2, cap=self.members))
        return network
