"""Lambda, the weight of the energy in the loss: fixed, or such that the energy meets a target."""

from spikebench.training.finetune.recipe import FineTuning


class Multiplier:
    """The multiplier of the constraint "energy <= target", by dual ascent.

    After each step it gains `dual_rate` times what the batch's energy exceeds the target by, and is
    never negative (Uzawa's method; Boyd & Vandenberghe, Convex Optimization, ch. 5). Without a
    target it stays the recipe's `energy`.
    """

    def __init__(self, recipe: FineTuning) -> None:
        self.target, self.rate = recipe.energy_target, recipe.dual_rate
        self.value = recipe.energy

    def update(self, energy: float) -> None:
        """Follow the energy of a batch, in units of the ANN's."""
        if self.target is not None:
            self.value = max(0.0, self.value + self.rate * (energy - self.target))
