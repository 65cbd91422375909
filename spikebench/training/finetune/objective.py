"""What fine-tuning makes small: the error of restoration, and the energy."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import l1_loss, mse_loss

from spikebench.training.finetune.energy import Cost
from spikebench.training.finetune.network import Tunable
from spikebench.training.finetune.recipe import FineTuning

EPSILON = 1e-3  # of Charbonnier's loss, in units of the image's range
FLOOR = 1e-5  # MSE below which the PSNR of a patch counts little: 50 dB


def charbonnier(output: Tensor, target: Tensor) -> Tensor:
    """Return mean sqrt(d^2 + epsilon^2). Charbonnier et al., ICIP 1994."""
    return ((output - target).square() + EPSILON**2).sqrt().mean()


def negative_psnr(output: Tensor, target: Tensor) -> Tensor:
    """Return mean 10 log10(MSE + 1e-5) over the images of a batch (N, C, H, W), in dB.

    Each image counts by its own PSNR, as in the tables. A mean of MSE gives up the smooth images,
    of which the error of rounding is a larger part.
    """
    error = (output - target).square().mean(dim=(1, 2, 3))
    return 10 * (error + FLOOR).log10().mean()


def distilled_psnr(output: Tensor, taught: Tensor, target: Tensor) -> Tensor:
    """Return mean 10 log10(MSE of the ANN + MSE to the ANN + 1e-5) over the images, in dB.

    `output`, the ANN's output `taught` and the clean `target` are (N, C, H, W). It is
    `negative_psnr` of an output whose distance from the ANN's is uncorrelated with what the ANN
    itself leaves. Unlike that it is least where the output is the ANN's, so that the noise which no
    network can remove moves no weight.
    """
    left = (taught - target).square().mean(dim=(1, 2, 3))
    added = (output - taught).square().mean(dim=(1, 2, 3))
    return 10 * (left + added + FLOOR).log10().mean()


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "l1": l1_loss,
    "mse": mse_loss,
    "charbonnier": charbonnier,
    "psnr": negative_psnr,
}


@dataclass(frozen=True)
class Outcome:
    """One pass of a batch; `loss` and `energy` carry gradients.

    Where nothing spikes, the energy is the ANN's and there are no spikes per neuron, NaN.
    """

    output: Tensor
    loss: Tensor
    energy: Tensor  # of what the recipe limits, in units of the ANN's
    spikes_per_neuron: float


class Objective:
    """The recipe's loss on batches of one size. `teacher` is the ANN, in evaluation mode."""

    def __init__(self, recipe: FineTuning, teacher: nn.Module) -> None:
        self.recipe, self.teacher = recipe, teacher
        self._costs: dict[torch.Size, Cost] = {}

    def __call__(
        self, network: Tunable, degraded: Tensor, target: Tensor, choice: int, weight: float
    ) -> Outcome:
        """Run a batch (N, C, h, w) with one of the activation's `choices` and judge the output.

        `weight` is lambda.
        """
        send = self.recipe.activation.sender(network, degraded, choice)
        output, spikes = network(degraded, send)
        if not self.recipe.activation.sends_spikes:
            loss = self._restoration(output, target, degraded)
            return Outcome(output, loss, torch.ones(()), math.nan)
        energy = self._energy(network, degraded, spikes)
        loss = self._restoration(output, target, degraded) + weight * energy
        neurons = sum(map(Tensor.numel, spikes.values()))
        return Outcome(
            output, loss, energy, sum(float(s.detach().sum()) for s in spikes.values()) / neurons
        )

    def _energy(self, network: Tunable, degraded: Tensor, spikes: dict[str, Tensor]) -> Tensor:
        size = degraded.shape[1:]
        if size not in self._costs:
            self._costs[size] = Cost(network.graph, degraded)
        return self._costs[size](events(spikes) if self.recipe.limits == "events" else spikes)

    def _restoration(self, output: Tensor, target: Tensor, degraded: Tensor) -> Tensor:
        if self.recipe.loss == "distilled_psnr":
            return distilled_psnr(output, self._taught(degraded), target)
        loss, share = LOSSES[self.recipe.loss], self.recipe.distillation
        if not share:
            return loss(output, target)
        taught = self._taught(degraded)
        return (1 - share) * loss(output, target) + share * loss(output, taught)

    def _taught(self, degraded: Tensor) -> Tensor:
        with torch.no_grad():
            return cast(Tensor, self.teacher(degraded))


def events(spikes: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return one event for each value that is not 0, (N, C, H, W) by site.

    Backwards only values of one spike or none have a slope: to send one more or less than two
    changes nothing.
    """
    return {site: number.clamp(max=1) for site, number in spikes.items()}
