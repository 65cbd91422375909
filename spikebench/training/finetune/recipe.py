"""How networks are fine-tuned for spikes, as data: the files of finetuning/."""

import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    PositiveInt,
    ValidationError,
    model_validator,
)

from spikebench.ann.recipe import Patching
from spikebench.errors import BenchError
from spikebench.io.yaml import explain, read_yaml, suggestion
from spikebench.task import TaskKind
from spikebench.training.finetune.graded import Graded
from spikebench.training.finetune.rate import Rate
from spikebench.training.finetune.staircase import Staircase

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


class FineTuning(Patching):
    """Everything that decides a fine-tuned state besides the backbone and its weights.

    The loss is (1 - `distillation`) * `loss`(output, clean) + `distillation` * `loss`(output, the
    ANN's output) + `energy` * (energy in units of the ANN's).
    """

    activation: Annotated[Staircase | Graded | Rate, Field(discriminator="kind")] = Field(
        description="a mapping with the kind of spikes: staircase, graded or rate"
    )
    loss: Literal["l1", "charbonnier", "mse"] = Field(description="l1, charbonnier or mse")
    distillation: float = Field(0.0, ge=0, le=1, description="a share of the loss, 0 to 1")
    energy: NonNegativeFloat = Field(0.0, description="lambda, the weight of the energy, >= 0")
    threshold_rate: NonNegativeFloat = Field(
        description="the peak of the thresholds' learning rate, in logarithms; 0 leaves them"
    )
    held_out: PositiveInt = Field(description="the number of training images to judge by")
    held_out_size: PositiveInt = Field(description="the side of the crops of these, in pixels")
    evaluate_every: PositiveInt = Field(description="the number of steps between evaluations")
    patience: PositiveInt = Field(
        description="the number of evaluations without a better one that end the training"
    )

    @model_validator(mode="after")
    def _is_evaluated_at_its_end(self) -> "FineTuning":
        if self.steps % self.evaluate_every:
            raise ValueError("needs a whole number of `evaluate_every` in its `steps`")
        return self

    @property
    def digest(self) -> str:
        """The SHA-256 of all of it as JSON."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class RecipeFile(BaseModel):
    """The content of finetuning/<name>.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(description="a name for documents")
    training: dict[str, Any] = Field(description="the settings of the training, a mapping")
    datasets: dict[TaskKind, TrainingSet] = Field(
        description="a training set for each task, a mapping with name and sha256"
    )
    by_task: dict[TaskKind, dict[str, Any]] = Field(
        {}, description="settings of the training that differ for a task, a mapping of mappings"
    )
    states: dict[str, Published] = Field(
        {}, description="trained states by backbone, a mapping with sha256, bytes and maybe url"
    )


def load_recipe(name: str, task: str, root: Path = ROOT) -> FineTuning:
    """Return the recipe `root`/<name>.yaml as it is for one kind of task.

    Raises `BenchError` naming the known recipes, or the file and key that is wrong.
    """
    file = root / f"{name}.yaml"
    content = load_recipe_file(name, root)
    if task not in content.datasets:
        raise BenchError(f"{file}: `datasets.{task}` is missing: name a training set for {task}.")
    source = content.datasets[task]
    data = content.training | content.by_task.get(task, {})
    data |= {"dataset": source.name, "dataset_sha256": source.sha256}
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
