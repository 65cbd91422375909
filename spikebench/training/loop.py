"""The training loop: what a recipe does to a network, one step at a time."""

import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import l1_loss, mse_loss
from torch.optim import Adam
from torch.optim.lr_scheduler import OneCycleLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import trange

from spikebench.ann.recipe import Patching, Recipe
from spikebench.errors import BenchError
from spikebench.seeds import derive
from spikebench.snn.kernels.device import chosen
from spikebench.training.checkpoint import load_checkpoint, save_checkpoint
from spikebench.training.patches import Patches

LOSSES = {"l1": l1_loss, "mse": mse_loss}
CHECKPOINT_EVERY = 500  # steps, about a minute for the small networks on one core


class Training:
    """A training run at some step: network, average, optimiser, schedule, and the losses so far.

    With one recipe and the same patches every step gives the same bits on a CPU, whether or not the
    run was interrupted. Raises `BenchError` where the recipe asks for a GPU and there is none.
    """

    parts = ("network", "average", "optimiser", "schedule")

    def __init__(self, network: nn.Module, recipe: Recipe) -> None:
        initialise(network, derive(recipe.seed, "initial weights"))
        self.recipe = recipe
        self.device = chosen(recipe.device, strict=False)
        self.network = network.train().to(device=self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = AveragedModel(
            network,
            multi_avg_fn=get_ema_multi_avg_fn(recipe.ema),
            use_buffers=True,  # the statistics of BatchNorm belong to the averaged weights
        )
        self.optimiser = Adam(network.parameters(), lr=recipe.learning_rate)
        self.schedule = one_cycle(self.optimiser, recipe)
        self.losses: list[float] = []

    def step(self, degraded: Tensor, target: Tensor) -> None:
        """Take one step on a batch: (N, C, h, w) and (N, C, H, W), range [0, 1].

        Raises `BenchError` where the loss is not finite.
        """
        degraded = degraded.to(self.device, memory_format=torch.channels_last)
        loss = LOSSES[self.recipe.loss](self.network(degraded), target.to(self.device))
        if not loss.isfinite():
            raise BenchError(
                f"The loss is {loss.item()} at step {len(self.losses)}: training diverged. "
                "Lower `learning_rate` in the recipe."
            )
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.schedule.step()
        self.average.update_parameters(self.network)
        self.losses.append(loss.item())

    def state_dict(self) -> dict[str, Any]:
        return {"losses": self.losses} | {
            part: getattr(self, part).state_dict() for part in self.parts
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.losses = state["losses"]
        for part in self.parts:
            getattr(self, part).load_state_dict(state[part])


def train(
    network: nn.Module, patches: Patches, recipe: Recipe, *, checkpoint: Path, fingerprint: str
) -> tuple[nn.Module, list[float]]:
    """Train to the recipe's last step; return the averaged network and the loss of every step.

    Goes on from `checkpoint` if the file exists, and raises `BenchError` if it is damaged or its
    `fingerprint` differs. The file is renewed every `CHECKPOINT_EVERY` steps and left in place.
    """
    training = Training(network, recipe)
    if checkpoint.is_file():
        training.load_state_dict(load_checkpoint(fingerprint, checkpoint))
    done = len(training.losses)
    bar = trange(done, recipe.steps, initial=done, total=recipe.steps, unit="step", mininterval=1)
    for step in bar:
        training.step(*patches.batch(step))
        if (step + 1) % CHECKPOINT_EVERY == 0:
            bar.set_postfix(loss=sum(training.losses[-CHECKPOINT_EVERY:]) / CHECKPOINT_EVERY)
            save_checkpoint(training.state_dict(), fingerprint, checkpoint)
    return training.average.module.cpu(), training.losses


def one_cycle(optimiser: torch.optim.Optimizer, recipe: Patching) -> OneCycleLR:
    """Return the recipe's learning rate: peak / 25, up to the peak, along a cosine to peak / 1000.

    The peak of a group of parameters is the rate that the optimiser was made with. Smith & Topin,
    "Super-Convergence", 2018, without their cycle of the momentum.
    """
    start = 25
    return OneCycleLR(
        optimiser,
        max_lr=[group["lr"] for group in optimiser.param_groups],
        total_steps=recipe.steps,
        pct_start=recipe.warmup,
        div_factor=start,
        final_div_factor=1000 / start,
        cycle_momentum=False,
    )


def initialise(network: nn.Module, seed: int) -> None:
    """Draw the weights as He et al., ICCV 2015, eq. 10; biases are zero.

    Convolutions, transposed convolutions and linear layers are drawn, in the order they stand in.
    BatchNorm is left as PyTorch makes it: it scales by one and shifts by zero.
    """
    random = torch.Generator().manual_seed(seed)
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            deviation = math.sqrt(2) / math.sqrt(_fan_in(layer))
            nn.init.normal_(layer.weight, std=deviation, generator=random)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def _fan_in(layer: nn.Conv2d | nn.ConvTranspose2d | nn.Linear) -> float:
    """Return how many products meet in one output, on average over the positions."""
    if not isinstance(layer, nn.ConvTranspose2d):
        return layer.weight[0].numel()
    window = math.prod(layer.kernel_size) / math.prod(layer.stride)
    return layer.in_channels // layer.groups * window
