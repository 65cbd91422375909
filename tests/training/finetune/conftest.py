"""A recipe of a few steps, and a network and photographs to try it on."""

from collections.abc import Callable

import pytest

from spikebench.training.finetune.recipe import FineTuning
from tests.snn.conftest import one_thread

__all__ = ["one_thread"]

SETTINGS = {
    "activation": {"kind": "staircase", "levels": [4]},
    "loss": "l1",
    "distillation": 0.5,
    "energy": 0.01,
    "learning_rate": 1e-3,
    "threshold_rate": 1e-2,
    "steps": 6,
    "batch": 2,
    "patch": 8,
    "warmup": 0.4,
    "seed": 0,
    "threads": 1,
    "held_out": 1,
    "held_out_size": 8,
    "evaluate_every": 2,
    "patience": 9,
    "dataset": "training",
    "dataset_sha256": "0" * 64,
}


@pytest.fixture
def recipe() -> Callable[..., FineTuning]:
    """Return a recipe of six steps, some settings replaced."""
    return lambda **changes: FineTuning.model_validate(SETTINGS | changes)
