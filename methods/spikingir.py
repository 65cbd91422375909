"""SpikingIR without fine-tuning. Ouyang et al., AAAI 2026, doi 10.1609/aaai.v40i10.37769.

A re-derivation: only the abstract is public. It names two parts, and what they do here is our
reading of them (docs/spikingir.md says what is stated and what is chosen).

Membrane Potential Reuse Neuron (MPRN), hidden layers: after the T regular steps a neuron may fire
once more, under a relaxed condition, on what is left on its membrane. Layer after layer in
topological order it integrates what the layers before it have released and sends one signed,
graded spike: the largest of +-4 theta, 2 theta .. theta/4 that three quarters of it cover.

Convolutional Pixel Mapping (CPM), output layer: the spiking output layer can only say multiples of
its threshold divided by T. A small convolution maps these discrete values to continuous pixels; it
starts at the identity and is fitted to the ANN's output on the calibration patches in closed form.

Without `spiking_output` the last layer is read as the mean of its currents, like in every other
row: the rival that needs no CPM.
"""

from dataclasses import dataclass, field
from typing import ClassVar

import torch

from spikebench.errors import BenchError
from spikebench.snn import IF, Method, Protocol, Relay, ReleaseAfterwards
from spikebench.snn.pixelmap import fit_pixel_map
from spikebench.snn.release import release


@dataclass
class MPRN(IF):
    """IF that reuses its residual potential v - v(0) in the release phase; it sends >= 0 in all."""

    levels: list[float] = field(default_factory=list)  # of released spikes, in units of theta
    relax: float = 0.75

    state_ops: ClassVar[int] = 4  # integrate, compare, reset, count what was sent

    def start(self, like):
        return {**super().start(like), "sent": torch.zeros_like(like, dtype=torch.int16)}

    def fire(self, u, state, step):
        if step.phase == "release":
            residual = (u - self.initial) / self.theta
            return release(residual, self.levels, self.relax, floor=-state["sent"])
        number = super().fire(u, state, step)
        state["sent"].add_(number)
        return number


@dataclass
class OutputMPRN(Relay):
    """The signed neuron of the spiking output layer with the same release, of either sign."""

    levels: list[float] = field(default_factory=list)
    relax: float = 0.75

    def fire(self, u, state, step):
        if step.phase == "release":
            return release(u / self.theta, self.levels, self.relax)
        return super().fire(u, state, step)


class SpikingIR(Method):
    title = "SpikingIR (re-derived, no fine-tuning)"
    citation = "ouyang2026spikingir"
    family = "training-free"

    percentile: float = 99.9  # of the activations, per channel
    mprn: bool = True
    cpm: bool = True
    spiking_output: bool = True
    levels: tuple[float, ...] = (4.0, 2.0, 1.0, 0.5, 0.25)  # of released spikes, in thresholds
    relax: float = 0.75  # a level L fires at |residual| >= relax * L
    kernel: int = 3  # side of the CPM's convolution

    def convert(self, network, calibration, timesteps):
        if self.cpm and not self.spiking_output:
            raise BenchError(
                "Method 'spikingir': `cpm` maps the values of a spiking output layer. "
                "Set `spiking_output: true`, or `cpm: false` for the mean of currents."
            )
        reuse = {"relax": self.relax, "levels": list(self.levels) if self.mprn else []}
        for site in network.sites:
            theta = calibration.percentile(site, self.percentile, per_channel=True)
            network.place(site, MPRN(theta, initial=theta / 2, **reuse))
        network.protocol = ReleaseAfterwards() if self.mprn else Protocol()
        if self.spiking_output:
            calibration.place_output(network, OutputMPRN, **reuse)
        for site in network.relays:  # the pixel map is fitted on a network that runs
            calibration.place_relay(network, site)
        if self.cpm:
            network.pixel_map = fit_pixel_map(network, calibration, timesteps, self.kernel)
        return network
