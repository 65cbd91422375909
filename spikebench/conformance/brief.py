"""A fine-tuned state for the small networks of the check, trained for a few steps on the spot."""

import torch
from torch import nn

from spikebench.conformance.nets import patches
from spikebench.snn.model.tuned import TunedState
from spikebench.training.finetune.loop import Tuning
from spikebench.training.finetune.network import Tunable
from spikebench.training.finetune.recipe import load_recipe

STEPS = 3


def brief_state(module: nn.Module, name: str) -> TunedState:
    """Return what `STEPS` steps of a recipe of finetuning/ make of a network.

    They teach it its own output on the calibration patches: enough to move every weight and every
    threshold. Raises `BenchError` for an unknown recipe.
    """
    recipe = load_recipe(name, "denoise")
    network = Tunable.of(module, patches(), recipe.activation.levels_at_start, recipe.cpm)
    tuning = Tuning(network, module, recipe)
    with torch.no_grad():
        target = module(patches())
    for _ in range(STEPS):
        tuning.step(patches(), target)
    about = {"recipe": name, "settings": recipe.model_dump(mode="json")}
    network.cpu()
    return TunedState.of(network.graph, network.thresholds, about, pixel_map=network.pixel_map)
