"""SpikingIR, re-derived. Ouyang et al., AAAI 2026, doi 10.1609/aaai.v40i10.37769.

A re-derivation: only the abstract is public. This is the reading nearest to its letter
(docs/spikingir.md says what is stated and what is chosen).

Membrane Potential Reuse Neuron (MPRN), hidden layers: a binary integrate-and-fire neuron for T
steps, then `afterwards` steps of post-processing with a relaxed firing condition, in which theta
may leave in either way: +theta at u >= theta unless T have left, -theta at u < 0 if one has. Every
layer starts `delay` steps after the layer before it, so that what a layer still sends or takes back
reaches those behind it in time. Image and biases come in the T steps of a layer alone. The latency
is T + afterwards + delay * (layers - 1). Relays send +-theta in all of their steps.

Convolutional Pixel Mapping (CPM), output layer: the spiking output layer can only say multiples of
its threshold divided by T. A small convolution maps these discrete values to continuous pixels; it
starts at the identity and is fitted to the ANN's output on the calibration patches in closed form.

With `tuned` weights and thresholds are those that a recipe of finetuning/ learnt for accuracy and
energy together, and the output layer and its CPM too where the recipe has a `cpm`.

Without `mprn` all layers are binary and start together, and nothing follows the T steps. Without
`spiking_output` the last layer is read as the mean of its currents, as in every other row: the
rival that needs no CPM.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field

from spikebench.snn import (
    IF,
    INTEGRATE_AND_FIRE,
    REUSE,
    Arguments,
    BenchError,
    Method,
    Percentile,
    Relay,
    Staggered,
    State,
    Step,
    fit_pixel_map,
    register_kernel,
    trained_pixel_map,
)


@dataclass(frozen=True)
class MPRN(IF):
    """IF that sends theta in either way when it has had its T steps, as far as 0 to T in all."""

    state_ops: ClassVar[int] = 4  # integrate, compare, reset, count what was sent

    def start(self, like):
        return {**super().start(like), "sent": torch.zeros_like(like, dtype=torch.int16)}

    def fire(self, u, state, step):
        sent = state["sent"]
        number = (u >= self.theta).to(torch.int8)
        if step.phase == REUSE:
            number.mul_(sent < step.timesteps)
            number.sub_((u < 0).logical_and_(sent > 0).to(torch.int8))
        sent.add_(number)
        return number


def _ask(neuron: MPRN, state: State, step: Step) -> Arguments | None:
    """Let the kernel take the regular steps, and PyTorch those that reuse the rest."""
    if step.phase == REUSE:
        return None
    return Arguments(memory=(state["sent"],), constants=(0.0,))


register_kernel(MPRN, INTEGRATE_AND_FIRE, _ask)


class SpikingIR(Method):
    title = "SpikingIR (re-derived)"
    citation = "ouyang2026spikingir"
    family = "training-free"

    renamed: ClassVar[dict[str, str]] = {
        "reuse": "`reuse` of `graded_reuse`",
        "places": "`places` of `graded_reuse`",
        "output_places": "`output_places` of `graded_reuse`",
        "spread": "`spread` of `graded_reuse`",
        "relax": "`relax` of `graded_reuse`",
        "margin": "`margin` of `graded_reuse`",
    }

    tuned: str = ""  # a recipe of finetuning/: weights and thresholds are then learnt
    percentile: Percentile = 99.9  # of the activations, per channel
    mprn: bool = True
    delay: Annotated[int, Field(ge=0)] = 1  # steps a layer starts after the layer before it
    afterwards: Annotated[int, Field(ge=0)] = 1  # steps of post-processing
    cpm: bool = True
    spiking_output: bool = True
    kernel: Literal[1, 3, 5, 7] = 3  # side of the CPM's convolution

    def convert(self, network, calibration, timesteps):
        if self.cpm and not self.spiking_output:
            raise BenchError(
                "Method 'spikingir': `cpm` maps the values of a spiking output layer. "
                "Set `spiking_output: true`, or `cpm: false` for the mean of currents."
            )
        for site in network.graph.sites:
            theta = self._theta(calibration, site)
            network.place(site, Relay(theta) if site.role == "relay" else self._hidden(theta))
        if self.mprn:
            network.protocol = Staggered(delay=self.delay, afterwards=self.afterwards)
        if self.spiking_output:
            self._let_output_spike(network, calibration)
        if self.cpm:
            network.output_map = self._pixel_map(network, calibration, timesteps)
        return network

    def _let_output_spike(self, network, calibration):
        learnt = calibration.trained_output
        if learnt:
            network.spiking_output(Relay(learnt["theta"]))
        else:
            calibration.place_output(network, Relay)

    def _pixel_map(self, network, calibration, timesteps):
        """Return the map that was learnt, or else the one that fits best."""
        if calibration.trained_output:
            return trained_pixel_map(calibration.trained_output, timesteps)
        tuned = bool(self.tuned)
        return fit_pixel_map(network, calibration, timesteps, self.kernel, tuned=tuned)

    def _theta(self, calibration, site):
        """Return the thresholds of a site: learnt, or from the activations of the ANN."""
        if self.tuned:
            return calibration.trained(site)
        if site.role == "relay":
            return calibration.maximum(site, per_channel=True)
        return calibration.percentile(site, self.percentile, per_channel=True)

    def _hidden(self, theta):
        """Return the neuron of a hidden layer: MPRN, or the IF that it is without that."""
        neuron = MPRN if self.mprn else IF
        return neuron(theta, initial=theta / 2)
