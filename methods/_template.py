"""What the method does, in one sentence. Authors, venue year, section of the paper.

The first paragraph stands on the page. Say here how a neuron behaves, in formulas where you can,
and under "Deviations" what differs from the paper. Copy this file to methods/my_method.py (the
underscore hides it from the benchmark), change it, and run `spikebench check my_method`.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from pydantic import Field

from spikebench.snn import Method, Neuron, Percentile


@dataclass(frozen=True)
class RefractoryIF(Neuron):  # leave this class out if IF, Burst, SignedIF, MultiThreshold will do
    """Integrate and fire, with a pause of some steps after every spike."""

    # Fields are saved with the network: tensors, numbers, texts, lists. `theta`, `initial` = v(0)
    # and `shift` (a constant current) are there already.
    pause: int = 0

    # Additions and comparisons of one neuron in one step: integrate, compare, reset, count down,
    # and compare the countdown. It enters the energy.
    state_ops: ClassVar[int] = 5

    def start(self, like):
        """Return the state before the first step; `like` has the shape (N, C, H, W)."""
        return {**super().start(like), "wait": torch.zeros_like(like, dtype=torch.int16)}

    def fire(self, u, state, step):
        """Return how many spikes leave: bool, int8, or float for graded ones. `u` stays as it is.

        What is sent is theta times that number, and it is taken from the membrane (soft reset).
        """
        state["wait"].sub_(1).clamp_(min=0)
        number = (u >= self.theta) & (state["wait"] == 0)
        state["wait"].masked_fill_(number, self.pause + 1)
        return number


class Template(Method):
    title = "Template"  # in tables and charts
    citation = "none"  # a key of docs/references.bib, or "none"
    family = "training-free"  # or "few-shot", "trained"
    anytime = True  # False if anything that `convert` places depends on `timesteps`

    # Options: annotated, with a default. A row of a configuration may set each of them, to a value
    # in the range that is stated here: methods/README.md lists the ranges that have a name.
    percentile: Percentile = 99.9
    pause: Annotated[int, Field(ge=0, le=100)] = 0

    def convert(self, network, calibration, timesteps):
        for site in network.sites:  # every call of a ReLU, in execution order
            theta = calibration.percentile(site, self.percentile, per_channel=True)
            network.place(site, RefractoryIF(theta, initial=theta / 2, pause=self.pause))
        return network
