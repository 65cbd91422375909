"""Error compensation, re-derived. Liu et al., ICML 2025 (arXiv 2506.01968).

Only the abstract could be read. It names a clipping threshold that is learnt in the ANN, a neuron
with two thresholds, and a choice of the initial potential. Here they are read so: the network is
trained with QCFS, whose threshold theta is learnt; the neuron starts at theta/2, fires at
u >= theta, and takes a spike back (-1) at u < -`negative` theta if it has sent one. With
`negative` = 0 this is the neuron of Fast-SNN (`fast_snn`) on weights of QCFS; with 1 nearly that
of `snm`, which fires at u <= -theta. The abstract does not say what the authors' negative threshold
is.

Deviations: those of `qcfs`, whose training this is.
"""

from dataclasses import dataclass

import torch

from spikebench.snn import Method, Relay, Share, SignedIF


@dataclass(frozen=True)
class DualThreshold(SignedIF):
    """Takes a spike back below a negative threshold of its own, in units of theta."""

    negative: float = 0.5

    def fire(self, u, state, step):
        number = (u >= self.theta).to(torch.int8)
        low = u < -self.negative * self.theta
        number.sub_(low.logical_and_(state["sent"] > 0).to(torch.int8))
        state["sent"].add_(number)
        return number


class ErrorCompensation(Method):
    title = "Error compensation (re-derived)"
    citation = "liu2025compensation"
    family = "trained"

    tuned: str = "qcfs_8"
    negative: Share = 0.5

    def convert(self, network, calibration, timesteps):
        for site in network.graph.sites:
            theta = calibration.trained(site)
            if site.role == "relay":
                network.place(site, Relay(theta))
                continue
            neuron = DualThreshold(theta, initial=theta / 2, negative=self.negative)
            network.place(site, neuron)
        return network
