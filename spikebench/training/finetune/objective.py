"""What fine-tuning makes small: the error of restoration, and the energy."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import l1_loss, mse_loss

from spikebench.training.finetune.energy import Cost
from spikebench.training.finetune.network import Tunable
from spikebench.training.finetune.recipe import FineTuning

EPSILON = 1e-3  # of Charbonnier's loss, in units of the image's range


def charbonnier(output: Tensor, target: Tensor) -> Tensor:
    """Return mean sqrt(d^2 + epsilon^2). Charbonnier et al., ICIP 1994."""
    return ((output - target).square() + EPSILON**2).sqrt().mean()


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "l1": l1_loss,
    "mse": mse_loss,
    "charbonnier": charbonnier,
}


@dataclass(frozen=True)
class Outcome:
    """One pass of a batch; `loss` and `energy` carry gradients."""

    output: Tensor
    loss: Tensor
    energy: Tensor  # in units of the ANN's
    spikes_per_neuron: float


class Objective:
    """The recipe's loss on batches of one size. `teacher` is the ANN, in evaluation mode."""

    def __init__(self, recipe: FineTuning, teacher: nn.Module) -> None:
        self.recipe, self.teacher = recipe, teacher
        self._costs: dict[torch.Size, Cost] = {}

    def __call__(self, network: Tunable, degraded: Tensor, target: Tensor, choice: int) -> Outcome:
        """Run a batch (N, C, h, w) with one of the activation's `choices` and judge the output."""
        size = degraded.shape[1:]
        if size not in self._costs:
            self._costs[size] = Cost(network.graph, degraded)
        send = self.recipe.activation.sender(network, degraded, choice)
        output, spikes = network(degraded, send)
        energy = self._costs[size](spikes)
        loss = self._restoration(output, target, degraded) + self.recipe.energy * energy
        neurons = sum(map(Tensor.numel, spikes.values()))
        return Outcome(
            output, loss, energy, sum(float(s.detach().sum()) for s in spikes.values()) / neurons
        )

    def _restoration(self, output: Tensor, target: Tensor, degraded: Tensor) -> Tensor:
        loss, share = LOSSES[self.recipe.loss], self.recipe.distillation
        if not share:
            return loss(output, target)
        with torch.no_grad():
            taught = self.teacher(degraded)
        return (1 - share) * loss(output, target) + share * loss(output, taught)
