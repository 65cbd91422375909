"""SpikingIR, re-derived. Ouyang et al., AAAI 2026, doi 10.1609/aaai.v40i10.37769.

A re-derivation: only the abstract is public. It names two parts, and what they do here is our
reading of them (docs/spikingir.md says what is stated and what is chosen).

Membrane Potential Reuse Neuron (MPRN), hidden layers: after the T regular steps a neuron fires once
more, under a relaxed condition, on what is left on its membrane. Layer after layer in topological
order it integrates what the layers before it send and rounds its residual to theta/2^m,
m larger where the output feels it more (`spread`). It sends that as the non-zero digits of its
canonical signed binary form, one event each. With `reuse: signed` or `binary` one spike of
+-theta or theta leaves, at `relax` of a threshold. Relays and the output layer do alike.

Convolutional Pixel Mapping (CPM), output layer: the spiking output layer can only say multiples of
its threshold divided by T, or of a digit. A small convolution maps these discrete values to
continuous pixels; it starts at the identity and is fitted to the ANN's output on the calibration
patches in closed form.

With `tuned` weights and thresholds are those that a recipe of finetuning/ learnt for accuracy and
energy together; `places` should then be the recipe's `bits`.

Without `spiking_output` the last layer is read as the mean of its currents, like in every other
row: the rival that needs no CPM.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field

from spikebench.snn import (
    IF,
    INTEGRATE_AND_FIRE,
    MOST_SPIKES_A_STEP,
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

LARGEST = 8.0  # thresholds that it may carry for each regular step: it keeps the digits few
WIDEST = 2.0**15  # of its smallest digits: no number below has more than 8 signed digits


@dataclass(frozen=True)
class MPRN(IF):
    """IF that reuses its residual potential v - v(0) in the reuse phase; it sends >= 0 in all.

    What it sends then is a multiple of `unit`, in thresholds, its last digit at `relax` of it;
    `single` makes it one spike at most, and where it is not `signed`, nothing is taken back.
    """

    unit: torch.Tensor | float = 2.0**-6  # a power of two, also (1, C, 1, 1)
    relax: float = 0.5
    single: bool = False
    signed: bool = True

    state_ops: ClassVar[int] = 4  # integrate, compare, reset, count what was sent
    digits: ClassVar[Digits] = "signed"

    def start(self, like):
        return {**super().start(like), "sent": torch.zeros_like(like, dtype=torch.int16)}

    def fire(self, u, state, step):
        if step.phase == REUSE:
            residual = (u - self.initial) / self.theta
            floor = -state["sent"].to(u.dtype) if self.signed else 0.0
            return _sent(reuse(residual, self.unit, self.relax, _most(self, step), floor), self)
        number = super().fire(u, state, step)
        state["sent"].add_(number)
        return number


def _ask(neuron: MPRN, state: State, step: Step) -> Arguments | None:
    """Let the kernel take the regular steps, and PyTorch the one that reuses the rest."""
    if step.phase == REUSE:
        return None
    return Arguments(memory=(state["sent"],), constants=(0.0,))


register_kernel(MPRN, INTEGRATE_AND_FIRE, _ask)


@dataclass(frozen=True)
class SignedMPRN(Relay):
    """The signed neuron of relays and the spiking output layer, that reuses its residual too."""

    unit: torch.Tensor | float = 2.0**-6
    relax: float = 0.5
    single: bool = False

    digits: ClassVar[Digits] = "signed"

    def fire(self, u, state, step):
        if step.phase == REUSE:
            return _sent(reuse(u / self.theta, self.unit, self.relax, _most(self, step)), self)
        return super().fire(u, state, step)


def _most(neuron: MPRN | SignedMPRN, step: Step) -> torch.Tensor | float:
    """Return the most that is sent of a residual after step.time - 1 regular steps, in thresholds.

    What a neuron could not say in T steps of one threshold each grows with T, and so does this.
    """
    if neuron.single:
        return 1.0
    carried = LARGEST * (step.time - 1)
    if _whole(neuron):
        return min(carried, float(MOST_SPIKES_A_STEP))
    return torch.as_tensor(neuron.unit * WIDEST).clamp(max=carried)


def _sent(number: torch.Tensor, neuron: MPRN | SignedMPRN) -> torch.Tensor:
    """Return spike numbers in their type: whole ones are no graded spikes."""
    return number.to(torch.int8) if _whole(neuron) else number


def _whole(neuron: MPRN | SignedMPRN) -> bool:
    return not isinstance(neuron.unit, torch.Tensor) and neuron.unit == 1.0


class SpikingIR(Method):
    title = "SpikingIR (re-derived)"
    citation = "ouyang2026spikingir"
    family = "training-free"

    renamed: ClassVar[dict[str, str]] = {"release": "reuse"}

    tuned: str = ""  # a recipe of finetuning/: weights and thresholds are then learnt
    percentile: Percentile = 99.9  # of the activations, per channel
    margin: Positive = 1.0  # thresholds are so many times that percentile
    mprn: bool = True
    cpm: bool = True
    spiking_output: bool = True
    reuse: Literal["graded", "signed", "binary"] = "graded"
    places: Annotated[int, Field(ge=0, le=10)] = 6  # m: graded spikes are multiples of theta/2^m
    output_places: Annotated[int, Field(ge=0, le=10)] = 8  # m of the output layer: no synapse
    # reads it, so that its digits cost no synaptic operation
    spread: bool = True  # places where the output feels them, m in effect; not for tuned networks
    relax: Share = 0.5  # share of the last digit, or of the one spike, that the residual must cover
    kernel: Literal[1, 3, 5, 7] = 3  # side of the CPM's convolution

    def convert(self, network, calibration, timesteps):
        if self.cpm and not self.spiking_output:
            raise BenchError(
                "Method 'spikingir': `cpm` maps the values of a spiking output layer. "
                "Set `spiking_output: true`, or `cpm: false` for the mean of currents."
            )
        theta = {site.name: self._theta(calibration, site) for site in network.graph.sites}
        units = self._units(network, calibration, theta)
        for site in network.graph.sites:
            build = self._signed if site.role == "relay" else self._hidden
            network.place(site, build(theta[site.name], units[site.name]))
        network.protocol = ReuseAfterwards() if self.mprn else Protocol()
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
        if self.mprn and self.reuse == "graded" and self.spread and not self.tuned:
            return spread_places(network, calibration, theta, self.places)
        return dict.fromkeys(theta, 2.0**-self.places)

    def _hidden(self, theta, unit):
        """Return the neuron of a hidden layer: MPRN, or the IF that it is without that."""
        if not self.mprn:
            return IF(theta, initial=theta / 2)
        signed = self.reuse != "binary"
        return MPRN(theta, initial=theta / 2, signed=signed, **self._spike(unit))

    def _signed(self, theta, unit):
        """Return the neuron of relays and the output layer."""
        return SignedMPRN(theta, **self._spike(unit)) if self.mprn else Relay(theta)

    def _spike(self, unit):
        """Return the options of what a neuron sends of its residual."""
        if self.reuse == "graded":
            return {"unit": unit, "relax": self.relax}
        return {"unit": 1.0, "relax": self.relax, "single": True}
