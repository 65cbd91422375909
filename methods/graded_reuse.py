"""Graded reuse: our extension of SpikingIR, in which residuals leave as graded spikes.

After the T regular steps every layer in turn integrates what the layers before it send and sends
what is left on its membranes, rounded to theta/2^m, m larger where the output feels it more
(`spread`). It sends that as the non-zero digits of its canonical signed binary form, one event
each. Relays and the output layer do alike. That the residual leaves in a step after the T steps is
the idea of the Membrane Potential Reuse Neuron of SpikingIR (`spikingir`, Ouyang et al., AAAI 2026,
doi 10.1609/aaai.v40i10.37769); that it leaves in digits is ours (docs/graded_reuse.md).

The spiking output layer and its Convolutional Pixel Mapping (CPM) are those of `spikingir`; with
digits the output layer can say multiples of theta/(T 2^m).

With `tuned` weights and thresholds are those that a recipe of finetuning/ learnt for accuracy and
energy together; `places` should then be the recipe's `bits`.
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
    Digits,
    Method,
    Percentile,
    Positive,
    Protocol,
    Relay,
    ReuseAfterwards,
    Share,
    State,
    Step,
    fit_pixel_map,
    register_kernel,
    reuse,
    spread_places,
)

LARGEST = 8.0  # thresholds that it may carry for each regular step: it keeps the digits few. Not
# in a trained network, whose digits were few by training and whose thresholds may be small.
WIDEST = 2.0**15  # of its smallest digits: no number below has more than 8 signed digits


@dataclass(frozen=True)
class GradedIF(IF):
    """IF that reuses its residual potential v - v(0) in the reuse phase; it sends >= 0 in all.

    What it sends then is a multiple of `unit`, in thresholds, its last digit at `relax` of it, and
    at most `largest` for each regular step.
    """

    unit: torch.Tensor | float = 2.0**-6  # a power of two, also (1, C, 1, 1)
    relax: float = 0.5
    largest: float = LARGEST

    state_ops: ClassVar[int] = 4  # integrate, compare, reset, count what was sent
    digits: ClassVar[Digits] = "signed"

    def start(self, like):
        return {**super().start(like), "sent": torch.zeros_like(like, dtype=torch.int16)}

    def fire(self, u, state, step):
        if step.phase == REUSE:
            residual = (u - self.initial) / self.theta
            floor = -state["sent"].to(u.dtype)
            return reuse(residual, self.unit, self.relax, _most(self, step), floor)
        number = super().fire(u, state, step)
        state["sent"].add_(number)
        return number


def _ask(neuron: GradedIF, state: State, step: Step) -> Arguments | None:
    """Let the kernel take the regular steps, and PyTorch the one that reuses the rest."""
    if step.phase == REUSE:
        return None
    return Arguments(memory=(state["sent"],), constants=(0.0,))


register_kernel(GradedIF, INTEGRATE_AND_FIRE, _ask)


@dataclass(frozen=True)
class GradedRelay(Relay):
    """The signed neuron of relays and the spiking output layer, that reuses its residual too."""

    unit: torch.Tensor | float = 2.0**-6
    relax: float = 0.5
    largest: float = LARGEST

    digits: ClassVar[Digits] = "signed"

    def fire(self, u, state, step):
        if step.phase == REUSE:
            return reuse(u / self.theta, self.unit, self.relax, _most(self, step))
        return super().fire(u, state, step)


def _most(neuron: GradedIF | GradedRelay, step: Step) -> torch.Tensor:
    """Return the most that is sent of a residual after T regular steps, in thresholds.

    What a neuron could not say in T steps of one threshold each grows with T, and so does this.
    """
    return torch.as_tensor(neuron.unit * WIDEST).clamp(max=neuron.largest * step.timesteps)


class GradedReuse(Method):
    title = "Graded reuse (ours)"
    citation = "ouyang2026spikingir"
    family = "training-free"

    tuned: str = ""  # a recipe of finetuning/: weights and thresholds are then learnt
    percentile: Percentile = 99.9  # of the activations, per channel
    margin: Positive = 1.0  # thresholds are so many times that percentile
    reuse: bool = True
    cpm: bool = True
    spiking_output: bool = True
    places: Annotated[int, Field(ge=0, le=10)] = 6  # m: graded spikes are multiples of theta/2^m
    output_places: Annotated[int, Field(ge=0, le=10)] = 8  # m of the output layer: no synapse
    # reads it, so that its digits cost no synaptic operation
    spread: bool = True  # places where the output feels them, m in effect; not for tuned networks
    relax: Share = 0.5  # share of the last digit that the residual must cover
    kernel: Literal[1, 3, 5, 7] = 3  # side of the CPM's convolution

    def convert(self, network, calibration, timesteps):
        if self.cpm and not self.spiking_output:
            raise BenchError(
                "Method 'graded_reuse': `cpm` maps the values of a spiking output layer. "
                "Set `spiking_output: true`, or `cpm: false` for the mean of currents."
            )
        theta = {site.name: self._theta(calibration, site) for site in network.graph.sites}
        units = self._units(network, calibration, theta)
        for site in network.graph.sites:
            build = self._signed if site.role == "relay" else self._hidden
            network.place(site, build(theta[site.name], units[site.name]))
        network.protocol = ReuseAfterwards() if self.reuse else Protocol()
        if self.spiking_output:
            calibration.place_output(network, self._signed, unit=2.0**-self.output_places)
        if self.cpm:
            network.output_map = fit_pixel_map(
                network, calibration, timesteps, self.kernel, tuned=bool(self.tuned)
            )
        return network

    def _theta(self, calibration, site):
        """Return the thresholds of a site: learnt, or from the activations of the ANN."""
        if self.tuned:
            return calibration.trained(site)
        if site.role == "relay":
            return calibration.maximum(site, per_channel=True)
        return self.margin * calibration.percentile(site, self.percentile, per_channel=True)

    def _units(self, network, calibration, theta):
        """Return the smallest digit of each site, in thresholds."""
        if self.reuse and self.spread and not self.tuned:
            return spread_places(network, calibration, theta, self.places)
        return dict.fromkeys(theta, 2.0**-self.places)

    def _hidden(self, theta, unit):
        """Return the neuron of a hidden layer, the IF that it is without it."""
        if not self.reuse:
            return IF(theta, initial=theta / 2)
        return GradedIF(theta, initial=theta / 2, unit=unit, relax=self.relax, largest=self._most)

    def _signed(self, theta, unit):
        """Return the neuron of relays and the output layer."""
        if not self.reuse:
            return Relay(theta)
        return GradedRelay(theta, unit=unit, relax=self.relax, largest=self._most)

    @property
    def _most(self):
        return WIDEST if self.tuned else LARGEST
