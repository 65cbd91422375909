"""How networks are fine-tuned for spikes, as data: the files of finetuning/."""

import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    model_validator,
)

from spikebench.ann.recipe import Patching
from spikebench.errors import BenchError
from spikebench.io.yaml import completed, explain, read_yaml, suggestion
from spikebench.run.config import Device
from spikebench.task import TaskName
from spikebench.training.finetune.activations.graded import Graded
from spikebench.training.finetune.activations.rate import Rate
from spikebench.training.finetune.activations.relu import Relu
from spikebench.training.finetune.activations.spiking import Spiking
from spikebench.training.finetune.activations.staircase import Staircase

ROOT = Path("finetuning")
SHA256 = "^[0-9a-f]{64}$"


class TrainingSet(BaseModel):
    """Images to train on, pinned by content."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="a training set in datasets/")
    sha256: str = Field(pattern=SHA256, description="its content hash, 64 hex digits")


class Published(BaseModel):
    """Where the trained state of one backbone lies: here if there is no `url`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = Field(None, description="an address, none for finetuning/states/")
    sha256: str = Field(pattern=SHA256, description="the hash of the file, 64 hex digits")
    bytes: PositiveInt = Field(description="the size of the file")


class LastPhase(BaseModel):
    """Steps of training in which the network is really run in time (`activations.spiking`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: PositiveInt = Field(description="the number of steps of the last phase")
    timesteps: PositiveInt = Field(description="the number T of steps that the network is run for")
    neuron: Literal["if"] = Field(description="if: binary integrate-and-fire neurons")
    learning_rate: PositiveFloat = Field(
        description="the peak of the learning rate; that of the thresholds keeps its ratio to it"
    )


class Start(BaseModel):
    """The state that a training begins with: of this backbone, by another recipe, committed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str = Field(description="the name of the recipe that made it")
    sha256: str = Field(pattern=SHA256, description="the hash of its file, 64 hex digits")


class FineTuning(Patching):
    """Everything that decides a fine-tuned state besides the backbone and its weights.

    The loss is (1 - `distillation`) * `loss`(output, clean) + `distillation` * `loss`(output, the
    ANN's output) + lambda * (energy in units of the ANN's). Lambda is `energy`, and stays it unless
    there is an `energy_target` (`training.finetune.multiplier`). The loss `distilled_psnr` is of
    both already (`training.finetune.objective`).

    A setting that is added later needs a default that means what was done before: `written` leaves
    out what a file does not set, so that states of older files still fit.
    """

    activation: Annotated[Staircase | Graded | Rate | Relu, Field(discriminator="kind")] = Field(
        description="a mapping with the kind of spikes: staircase, graded or rate; relu for none"
    )
    loss: Literal["l1", "charbonnier", "mse", "psnr", "distilled_psnr"] = Field(
        description="l1, charbonnier, mse, psnr or distilled_psnr"
    )
    distillation: float = Field(0.0, ge=0, le=1, description="a share of the loss, 0 to 1")
    energy: NonNegativeFloat = Field(
        0.0,
        description="lambda, the weight of the energy, >= 0; its start where there is a target",
    )
    energy_target: PositiveFloat | None = Field(
        None, description="the energy to end at, in units of the ANN's, > 0"
    )
    dual_rate: NonNegativeFloat = Field(
        0.0, description="what lambda gains in a step for each unit of energy above the target"
    )
    limits: Literal["spikes", "events"] = Field(
        "spikes", description="spikes, or events: one for each value that is not 0"
    )
    cpm: Literal[1, 3, 5, 7] | None = Field(
        None,
        description="the side of the pixel map's kernel, for an output layer that spikes and a "
        "pixel map that is learnt; none for the mean of currents",
    )
    threshold_rate: NonNegativeFloat = Field(
        description="the peak of the thresholds' learning rate, in logarithms; 0 leaves them"
    )
    held_out: PositiveInt = Field(description="the number of training images to judge by")
    held_out_size: PositiveInt = Field(description="the side of the crops of these, in pixels")
    evaluate_every: PositiveInt = Field(description="the number of steps between evaluations")
    patience: PositiveInt | None = Field(
        None, description="the number of evaluations without a better one that end the training"
    )
    ema: float = Field(
        0.0, ge=0, lt=1, description="the decay of the average that is kept, a step; 0 for none"
    )
    gradient_norm: PositiveFloat | None = Field(
        None, description="the largest norm of the gradient; a larger one is scaled down to it"
    )
    device: Device = Field(
        "auto", description="cpu, cuda for a GPU, or auto for a GPU where there is one"
    )
    precision: Literal["float32", "bfloat16"] | None = Field(
        None,
        description="float32 or bfloat16, for the forward pass of a step; none for bfloat16 on a "
        "GPU and float32 on a CPU",
    )
    start: Start | None = Field(
        None,
        description="a mapping with recipe and sha256, for a committed state that is trained on; "
        "none for the ANN's weights",
    )
    last: LastPhase | None = Field(
        None,
        description="a mapping with steps, timesteps, neuron and learning_rate, for a last phase "
        "in which the network is run in time; none for no such phase",
    )

    @model_validator(mode="after")
    def _is_evaluated_at_its_end(self) -> "FineTuning":
        if self.steps % self.evaluate_every:
            raise ValueError("needs a whole number of `evaluate_every` in its `steps`")
        return self

    @model_validator(mode="after")
    def _can_be_run_in_time_at_last(self) -> "FineTuning":
        if not self.last:
            return self
        if self.activation.kind != "staircase":
            raise ValueError("needs an activation of `kind: staircase` before its `last` phase")
        if self.last.steps % self.evaluate_every:
            raise ValueError("needs a whole number of `evaluate_every` in its `last.steps`")
        if self.warmup * self.last.steps <= 1:
            raise ValueError("needs a `warmup` longer than one of its `last.steps`")
        return self

    @model_validator(mode="after")
    def _goes_on_with_what_a_state_holds(self) -> "FineTuning":
        if self.start and (self.cpm or self.last):
            raise ValueError("needs no `cpm` and no `last` beside a `start`")
        return self

    @model_validator(mode="after")
    def _limits_what_spikes(self) -> "FineTuning":
        if self.activation.kind == "relu" and (self.energy or self.energy_target):
            raise ValueError(
                "needs no `energy` or `energy_target` beside `kind: relu`: without spikes the "
                "energy is the ANN's"
            )
        return self

    @model_validator(mode="after")
    def _has_all_of_its_target(self) -> "FineTuning":
        if bool(self.energy_target) != bool(self.dual_rate):
            raise ValueError("needs `energy_target` and a `dual_rate` above 0, or neither")
        if self.energy_target and self.patience:
            raise ValueError(
                "needs no `patience` beside an `energy_target`: lambda moves, and with it the loss"
            )
        return self

    @model_validator(mode="after")
    def _is_taught_once(self) -> "FineTuning":
        if self.loss == "distilled_psnr" and self.distillation:
            raise ValueError(
                "needs no `distillation` beside `loss: distilled_psnr`, whose target is the ANN's "
                "output alone"
            )
        return self

    @model_validator(mode="after")
    def _maps_what_a_relay_says(self) -> "FineTuning":
        if self.cpm and self.activation.kind != "staircase":
            raise ValueError("needs an activation of `kind: staircase` for its `cpm`")
        return self

    def coarse(self, device: str) -> bool:
        """Say whether a step runs forward in bfloat16 on a `device` (cpu, cuda)."""
        precision = self.precision or ("bfloat16" if device == "cuda" else "float32")
        return precision == "bfloat16" and not self.activation.exact

    @property
    def phases(self) -> "list[FineTuning]":
        """The recipe, and the one of its last phase if there is one: as if that were all."""
        if not self.last:
            return [self]
        scale = self.last.learning_rate / self.learning_rate
        settings = {
            "activation": Spiking(timesteps=self.last.timesteps),
            "steps": self.last.steps,
            "learning_rate": self.last.learning_rate,
            "threshold_rate": self.threshold_rate * scale,
            "last": None,
        }
        return [self, self.model_copy(update=settings)]

    @property
    def written(self) -> dict[str, Any]:
        """The settings that the file sets, as plain data."""
        return self.model_dump(mode="json", exclude_unset=True)

    @property
    def digest(self) -> str:
        """The SHA-256 of `written` as JSON."""
        text = self.model_dump_json(exclude_unset=True)
        return hashlib.sha256(text.encode()).hexdigest()


class RecipeFile(BaseModel):
    """The content of finetuning/<name>.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(description="a name for documents")
    training: dict[str, Any] = Field(description="the settings of the training, a mapping")
    datasets: dict[TaskName, TrainingSet] = Field(
        description="a training set for each task, a mapping with name and sha256"
    )
    by_task: dict[TaskName, dict[str, Any]] = Field(
        {}, description="settings of the training that differ for a task, a mapping of mappings"
    )
    by_backbone: dict[str, dict[str, Any]] = Field(
        {}, description="settings that differ for a backbone, a mapping of mappings"
    )
    states: dict[str, Published] = Field(
        {}, description="trained states by backbone, a mapping with sha256, bytes and maybe url"
    )


def load_recipe(name: str, task: str, root: Path = ROOT, *, backbone: str = "") -> FineTuning:
    """Return the recipe `root`/<name>.yaml as it is for one task, and a backbone if one is named.

    What it says of a backbone goes before what it says of a task.

    Raises `BenchError` naming the known recipes, or the file and key that is wrong.
    """
    file = root / f"{name}.yaml"
    content = load_recipe_file(name, root)
    if task not in content.datasets:
        raise BenchError(f"{file}: `datasets.{task}` is missing: name a training set for {task}.")
    source = content.datasets[task]
    known = {"dataset": source.name, "dataset_sha256": source.sha256}
    training = content.training | content.by_task.get(task, {})
    training |= content.by_backbone.get(backbone, {})
    data = completed(training, known, f"{file}, `training`", "`datasets` says it for each task")
    try:
        return FineTuning.model_validate(data)
    except ValidationError as error:
        raise BenchError(explain(error, FineTuning, data, f"{file}, `training`")) from None


def load_recipe_file(name: str, root: Path = ROOT) -> RecipeFile:
    """Read and check `root`/<name>.yaml but for the values in `training`."""
    file = root / f"{name}.yaml"
    if not file.is_file():
        known = sorted(path.stem for path in root.glob("*.yaml"))
        raise BenchError(
            f"There is no recipe '{name}': {file} is missing.{suggestion(name, known)} "
            f"Known: {', '.join(known) or 'none'}."
        )
    data = read_yaml(file)
    try:
        return RecipeFile.model_validate(data)
    except ValidationError as error:
        raise BenchError(explain(error, RecipeFile, data, str(file))) from None
