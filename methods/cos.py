"""Calibrating offset spikes. Hao et al., ICLR 2023 (COS).

Layer after layer, a neuron listens to its first `presimulation` currents without sending anything.
If its potential is then below 0 though it fired, it fires too often: v(0) is lowered by as much as
takes one spike away, d = max(theta, m - 0.999 theta), m being the lowest potential at which it
fired. If the potential has reached theta, one spike more is wanted: v(0) is raised by
d = max(theta, 1.001 theta - m), m being the highest potential at which it did not fire. Then the
same currents come once more, this time for good, and what the neuron sends is what the next layer
listens to.

A neuron keeps the currents it listened to: memory for `presimulation` maps. Its state operations of
the listening steps are counted, spikes leave only once, and each layer speaks that many steps later
than what it hears, so that the latency is T + presimulation * layers. With T < presimulation the
spikes of all `presimulation` steps count, for the layers must send them to be calibrated.

Deviations: no quantisation-aware training; theta is the 99.9th percentile per channel; one round of
shifts, as in the authors' program; a neuron that fired in every step stays as it is, since no shift
gives it one spike more; relays do not listen.
"""

from spikebench.snn import Count, Method, Percentile, Rehearsal, Shifted


class COS(Method):
    title = "COS"
    citation = "hao2023cos"
    family = "training-free"

    presimulation: Count = 4
    percentile: Percentile = 99.9

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            theta = calibration.percentile(site, self.percentile, per_channel=True)
            network.place(site, Shifted(theta, initial=theta / 2))
        network.protocol = Rehearsal(steps=self.presimulation)
        return network
