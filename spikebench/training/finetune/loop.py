"""The training loop: steps, evaluations on what is held out, checkpoints, the end."""

import copy
import math
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple, cast

import torch
from torch import Generator, Tensor, nn
from torch.nn.utils import clip_grad_norm_
from torch.optim import Adam
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import trange

from spikebench.errors import BenchError
from spikebench.seeds import derive
from spikebench.snn.kernels.device import chosen
from spikebench.training.checkpoint import load_checkpoint, save_checkpoint
from spikebench.training.finetune.heldout import HeldOut, psnr
from spikebench.training.finetune.multiplier import Multiplier
from spikebench.training.finetune.network import Tunable
from spikebench.training.finetune.objective import Objective, Outcome
from spikebench.training.finetune.recipe import FineTuning
from spikebench.training.loop import one_cycle
from spikebench.training.patches import Patches

FALLEN = 3.0  # dB below the start of the training: it diverged
SILENT = 0.01  # spikes per neuron


class Tuning:
    """A fine-tuning at some step: network, optimiser, schedule, and what was measured so far.

    With `ema` in the recipe, what is judged and kept is the average of weights and logarithms of
    thresholds. With an `energy_target` the last evaluation is kept, for lambda and with it the loss
    has moved; otherwise the one with the least loss.

    On a CPU every step gives the same bits, whether or not the run was interrupted. The forward
    pass of a step runs in bfloat16 (`torch.autocast`) where the recipe's `precision` says so; what
    is held out is judged in float32.

    `before` is the curve of an earlier phase, where this is a later one: the first evaluation of
    this phase takes the place of the last one there, steps are counted on from it, and lambda
    begins at what it was.
    """

    def __init__(
        self,
        network: Tunable,
        teacher: nn.Module,
        recipe: FineTuning,
        before: Sequence[dict[str, float]] = (),
    ) -> None:
        self.device = chosen(recipe.device, strict=False)
        self.recipe, self.network = recipe, network
        self.objective = Objective(recipe, copy.deepcopy(teacher))
        for module in (self.network, self.objective.teacher):
            _place(module, self.device, torch.channels_last)  # the faster layout
        weights = list(network.weights.parameters())
        weights += network.pixel_map.parameters() if network.pixel_map else []
        groups = [{"params": weights, "lr": recipe.learning_rate}]
        if recipe.threshold_rate:
            thresholds = list(network.log_thresholds.parameters())
            groups.append({"params": thresholds, "lr": recipe.threshold_rate})
        self.optimiser = Adam(groups)
        self.schedule = one_cycle(self.optimiser, recipe)
        self.average = AveragedModel(self.network, multi_avg_fn=get_ema_multi_avg_fn(recipe.ema))
        self.multiplier = Multiplier(recipe)
        self.before = list(before)
        if before:
            self.multiplier.value = before[-1]["energy_weight"]
        self.steps = 0
        self.losses: list[float] = []  # since the last evaluation
        self.curve: list[dict[str, float]] = []
        self.best: dict[str, Tensor] = {}
        self.worse = 0  # evaluations since the best one

    def step(self, degraded: Tensor, target: Tensor) -> None:
        """Take one step on a batch (N, C, h, w) and (N, C, H, W).

        Raises `BenchError` where the loss is not finite; the network is then as before the step.
        """
        choices = self.recipe.activation.choices
        random = Generator().manual_seed(derive(self.recipe.seed, "choice", self.steps))
        choice = choices[int(torch.randint(len(choices), (), generator=random))]
        coarse = self.recipe.coarse(self.device.type)
        with torch.autocast(self.device.type, torch.bfloat16) if coarse else nullcontext():
            outcome = self._run(self.network, degraded, target, choice)
        loss = outcome.loss
        if not loss.isfinite():
            now = self.begun + self.steps
            raise BenchError(
                f"The loss is {loss.item()} at step {now}: training diverged. Lower "
                "`learning_rate` or `threshold_rate` in the recipe."
            )
        self._descend(loss)
        if self.recipe.ema:
            self.average.update_parameters(self.network)
        self.multiplier.update(outcome.energy.item())
        self.losses.append(loss.item())
        self.steps += 1

    def _descend(self, loss: Tensor) -> None:
        self.optimiser.zero_grad()
        loss.backward()
        if self.recipe.gradient_norm is not None:
            learnt = (p for group in self.optimiser.param_groups for p in group["params"])
            clip_grad_norm_(learnt, self.recipe.gradient_norm)
        self.optimiser.step()
        self.schedule.step()

    def evaluate(self, held_out: HeldOut, psnr_ann: float, seconds: float) -> None:
        """Judge the network on what is held out, as the mean over the activation's choices.

        Raises `BenchError` where it diverged or fell silent.
        """
        with torch.no_grad():
            found = [
                self._run(self.judged, held_out.degraded, held_out.target, choice)
                for choice in self.recipe.activation.choices
            ]
        target = held_out.target.to(self.device)
        row = {
            "step": self.begun + self.steps,
            "images": (self.begun + self.steps) * self.recipe.batch,
            "loss": _mean(self.losses),
            "held_out_loss": _mean([float(o.loss) for o in found]),
            "held_out_psnr": _mean([psnr(o.output.float(), target) for o in found]),
            "held_out_psnr_ann": psnr_ann,
            "energy": _mean([float(o.energy) for o in found]),
            "energy_target": self.recipe.energy_target or math.nan,
            "energy_weight": self.multiplier.value,
            "spikes_per_neuron": _mean([o.spikes_per_neuron for o in found]),
            "seconds": seconds,
        }
        self._check(row)
        self.curve.append(row)
        self.worse += 1
        if kept_row(self.curve, self.recipe) is row:
            self.best = {k: v.detach().clone() for k, v in self.judged.state_dict().items()}
            self.worse = 0
        self.losses = []

    @property
    def begun(self) -> int:
        """The steps of earlier phases."""
        return int(self.before[-1]["step"]) if self.before else 0

    @property
    def judged(self) -> Tunable:
        """The network that is evaluated and kept: the average, where the recipe has one."""
        return cast(Tunable, self.average.module) if self.recipe.ema else self.network

    def _run(self, network: Tunable, degraded: Tensor, target: Tensor, choice: int) -> Outcome:
        degraded = degraded.to(self.device, memory_format=torch.channels_last)
        target = target.to(self.device)
        return self.objective(network, degraded, target, choice, self.multiplier.value)

    def _check(self, row: dict[str, float]) -> None:
        where = f"at step {row['step']}"
        if row["spikes_per_neuron"] < SILENT:
            raise BenchError(
                f"The network has fallen silent {where}: {row['spikes_per_neuron']:.2g} spikes per "
                f"neuron. Lower `energy` (lambda), which is {self.recipe.energy}, in the recipe"
                + (", or `dual_rate`." if self.recipe.energy_target else ".")
            )
        start = self.curve[0]["held_out_psnr"] if self.curve else row["held_out_psnr"]
        if not row["held_out_psnr"] > start - FALLEN:
            raise BenchError(
                f"The PSNR on the held-out images fell from {start:.2f} to "
                f"{row['held_out_psnr']:.2f} dB {where}: training diverged. Lower "
                "`learning_rate` or `threshold_rate` in the recipe."
            )

    modules = ("network", "average", "optimiser", "schedule")
    values = ("steps", "losses", "curve", "best", "worse")

    def state_dict(self) -> dict[str, Any]:
        state = {name: getattr(self, name).state_dict() for name in self.modules}
        state |= {name: getattr(self, name) for name in self.values}
        return state | {"multiplier": self.multiplier.value}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for name in self.modules:
            getattr(self, name).load_state_dict(state[name])
        for name in self.values:
            setattr(self, name, state[name])
        self.multiplier.value = state["multiplier"]


class Trained(NamedTuple):
    """The curve of a training, the row whose network is kept, and the steps of each phase."""

    curve: list[dict[str, float]]
    kept: dict[str, float]
    phases: list[int]


def tune(
    network: Tunable,
    teacher: nn.Module,
    patches: Patches,
    held_out: HeldOut,
    recipe: FineTuning,
    *,
    checkpoint: Path,
    fingerprint: str,
    begun: int = 0,
) -> Trained:
    """Train through the phases of a recipe, each to its last step or until nothing gets better.

    A phase begins with the network that the one before keeps, and with a schedule, an average and
    a best evaluation of its own. `network` ends as the evaluation of the last phase that is kept
    (`kept_row`), on the CPU; `teacher` is the ANN, on the CPU too. `begun` is the number of steps
    that `network` had before, from which those of the curve are counted on.
    Goes on from `checkpoint` if the file exists, and raises `BenchError` if it is damaged or of
    another `fingerprint`. The file is renewed after every evaluation and left in place, so that
    after a failure it holds the last good one.
    """
    saved = load_checkpoint(fingerprint, checkpoint) if checkpoint.is_file() else {}
    earlier = {"step": begun, "energy_weight": recipe.energy, "seconds": 0.0}
    before: list[dict[str, float]] = saved.get("before", [earlier] if begun else [])
    with torch.no_grad():
        ann = psnr(teacher(held_out.degraded), held_out.target)

    def save(tuning: Tuning) -> None:
        state = tuning.state_dict() | {"before": tuning.before}
        save_checkpoint(state, fingerprint, checkpoint)

    for phase in recipe.phases[-1:] if before else recipe.phases:
        tuning = Tuning(network, teacher, phase, before)
        if saved:
            tuning.load_state_dict(saved)
            saved = {}
        _train(tuning, patches, held_out, ann, save)
        network.load_state_dict(tuning.best)
        before = tuning.curve
    _place(network, torch.device("cpu"), torch.contiguous_format)
    steps = [tuning.begun, tuning.steps] if tuning.before else [tuning.steps]
    return Trained([*tuning.before[:-1], *tuning.curve], kept_row(tuning.curve, recipe), steps)


def _train(
    tuning: Tuning,
    patches: Patches,
    held_out: HeldOut,
    ann: float,
    save: Callable[[Tuning], None],
) -> None:
    """Train through one phase; `ann` is the ANN's PSNR on what is held out."""
    recipe, earlier = tuning.recipe, [*tuning.before, *tuning.curve]
    passed = earlier[-1]["seconds"] if earlier else 0.0
    started, done = time.monotonic(), tuning.steps
    bar = trange(
        *(done, recipe.steps + 1),
        initial=done,
        total=recipe.steps,
        unit="step",
        mininterval=5,  # seconds: it stands in logs, too
    )
    for step in bar:
        if step % recipe.evaluate_every == 0 and (step > done or not tuning.curve):
            tuning.evaluate(held_out, ann, passed + time.monotonic() - started)
            save(tuning)
            bar.set_postfix(_shown(tuning.curve[-1]))
        if step == recipe.steps or (recipe.patience and tuning.worse >= recipe.patience):
            break
        tuning.step(*patches.batch(tuning.begun + step))


def kept_row(curve: list[dict[str, float]], recipe: FineTuning) -> dict[str, float]:
    """Return the row of the evaluation whose network is kept: the last one, or the best one."""
    return curve[-1] if recipe.energy_target else min(curve, key=lambda row: row["held_out_loss"])


def _shown(row: dict[str, float]) -> dict[str, str]:
    return {
        "gap": f"{row['held_out_psnr'] - row['held_out_psnr_ann']:+.3f} dB",
        "energy": f"{row['energy']:.3f}",
    }


def _place(module: nn.Module, device: torch.device, layout: torch.memory_format) -> None:
    module.to(device=device, memory_format=layout)  # type: ignore[call-overload]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else float("nan")
