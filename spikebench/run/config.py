"""The configuration of a run: what is measured, on what, for which numbers of time steps.

`spikebench.run.load` reads one and checks what it names. Nothing here imports torch, because
Snakemake reads the configuration at every start.
`python -m spikebench.run.config` prints the JSON schema (workflow/schemas/config.schema.json).
"""

import json
from collections.abc import Iterator
from itertools import pairwise, product
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictInt,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from spikebench.metrics.trunks import Trunk
from spikebench.task import TaskName

Label = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]
AtLeastOne = Annotated[StrictInt, Field(ge=1)]
AtLeastZero = Annotated[StrictInt, Field(ge=0)]
Device = Literal["cpu", "cuda", "auto"]
Readout = Literal["mean"] | dict[Literal["delayed"], AtLeastZero]


def _at_home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError(f"is {path}: nobody here has such a home folder. Write it out.") from None


def _model_at_home(entry: str) -> str:
    return str(_at_home(Path(entry))) if entry.startswith("~") else entry  # no name starts so


UserPath = Annotated[Path, AfterValidator(_at_home)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Calibration(_Section):
    """The training patches that a method sees."""

    patches: AtLeastOne = Field(description="a whole number of patches, at least 1")
    size: AtLeastOne = Field(description="the side of a degraded patch in pixels, at least 1")
    datasets: dict[TaskName, Label] = Field(
        description="a training set for each task, e.g. {denoise: train400}"
    )


class Benchmark(_Section):
    """Every data set of a list with every backbone of another."""

    datasets: list[Label] = Field(min_length=1, description="a list of folder names in datasets/")
    backbones: list[Label] = Field(
        min_length=1, description="a list of file names in backbones/, without .yaml"
    )
    images: AtLeastOne | Annotated[list[str], Field(min_length=1)] | None = Field(
        None,
        description="a number of images, a list of image names, at least one, or null for all",
    )
    pictures: Literal[0, 1, 2, 3] = Field(
        3, description="how many images are shown: 3 the worst, median and best, 1 the median"
    )
    methods: list[Label] | None = Field(
        None, min_length=1, description="a list of row labels from `methods`, or null for all rows"
    )
    up_to: AtLeastOne | None = Field(
        None,
        exclude_if=lambda most: most is None,  # as a benchmark was written before there was one
        description="the largest number of time steps that is run here, or null for all of a row's",
    )


def _rises(grid: list[int] | None) -> list[int] | None:
    if grid and any(later <= earlier for earlier, later in pairwise(grid)):
        raise ValueError(f"must rise, each number of time steps once; found {grid}.")
    return grid


def _delay(readout: Readout) -> int:
    return readout["delayed"] if isinstance(readout, dict) else 0


class MethodRow(BaseModel):
    """One row of the tables: a method file and its options, which all further keys are."""

    model_config = ConfigDict(extra="allow", frozen=True)

    method: Label | None = Field(
        None, description="the name of a method file, without .py; the row's label if left out"
    )
    title: str | None = Field(
        None, description="a name for tables and charts; made of the method's title if left out"
    )
    timesteps: Annotated[list[AtLeastOne] | None, AfterValidator(_rises)] = Field(
        None,
        min_length=1,
        exclude_if=lambda grid: grid is None,  # a row as it was written before there was one
        description="a rising list of time steps for this row alone, or null for those of the run",
    )

    remark: str | None = Field(
        None,
        min_length=1,
        exclude_if=lambda remark: remark is None,
        description="a sentence on the row for readers, such as why its numbers are low; no number "
        "depends on it",
    )

    @property
    def options(self) -> dict[str, Any]:
        """The options, unchecked: the method checks them when it is loaded."""
        return self.model_extra or {}


class RunConfig(_Section):
    """One run of the benchmark; its results go to results/<run> and reports/<run>."""

    run: Label = Field(description="a name of lower-case letters, digits and underscores")
    seed: AtLeastZero = Field(0, description="a whole number, at least 0")
    repetitions: AtLeastOne = Field(
        1, description="a whole number, at least 1: seeds seed, seed + 1, ..."
    )
    timesteps: Annotated[list[AtLeastOne], AfterValidator(_rises)] = Field(
        min_length=1,
        description="a rising list of whole numbers of time steps, each at least 1: [1, 2, 4]",
    )
    readout: Readout = Field(
        "mean",
        min_length=1,
        description="`mean`, or {delayed: N} to leave out the first N time steps",
    )
    device: Device = Field(
        "cpu",
        exclude_if=lambda device: device == "cpu",
        description="cpu, cuda for a GPU, or auto for a GPU where there is one",
    )
    calibration: Calibration = Field(description="a mapping with patches, size and datasets")
    benchmarks: list[Benchmark] = Field(
        min_length=1, description="a list of mappings with datasets and backbones"
    )
    images_per_job: AtLeastOne | None = Field(
        None,
        description="how many images of a cell one job takes, at least 1, or null for all of them",
    )
    method_paths: list[UserPath] = Field(
        [Path("methods")], min_length=1, description="a list of folders with method files"
    )
    provided: dict[Label, UserPath] = Field(
        {}, description="a mapping from data sets to folders or archives of yours that hold them"
    )
    lpips: Trunk = Field("alex", description="the network LPIPS looks through, alex or squeeze")
    verify_backbones: bool = Field(
        False, description="true to check every backbone against what is known about it"
    )
    energy_models: list[Annotated[str, AfterValidator(_model_at_home)]] = Field(
        ["45nm_fp32_cached"],
        min_length=1,
        description="a list of energy models: names, or paths of YAML files",
    )
    reference_row: Label | None = Field(
        None,
        description="the label of the row that curves are compared with; the first training-free "
        "one if left out",
    )
    methods: dict[Label, MethodRow] = Field(
        min_length=1,
        description="a mapping from row labels (lower-case letters, digits, underscores) "
        "to mappings of options, {} for none",
    )

    @field_validator("readout")
    @classmethod
    def _every_time_is_read(cls, readout: Readout, info: ValidationInfo) -> Readout:
        first = info.data.get("timesteps", [None])[0]  # None: what is wrong with it is said already
        if first is not None and _delay(readout) >= first:
            raise ValueError(
                f"leaves out the first {_delay(readout)} time steps, so that nothing is read at "
                f"T = {first}. Lower the delay, or take such T from `timesteps`."
            )
        return readout

    @field_validator("methods")
    @classmethod
    def _every_time_of_a_row_is_read(
        cls, rows: dict[str, MethodRow], info: ValidationInfo
    ) -> dict[str, MethodRow]:
        delay = _delay(info.data.get("readout", "mean"))
        for label, row in rows.items():
            if row.timesteps and delay >= row.timesteps[0]:
                raise ValueError(
                    f"has the row '{label}' with T = {row.timesteps[0]}, at which nothing is read: "
                    f"`readout` leaves out the first {delay} time steps. Lower the delay, or take "
                    "such T from the row."
                )
        return rows

    @model_validator(mode="after")
    def _every_row_has_a_time_of_each_benchmark(self) -> "RunConfig":
        for benchmark in self.benchmarks:
            for label in benchmark.methods or self.methods:
                if label in self.methods and not self.grid(label, benchmark.up_to):
                    raise ValueError(
                        f"has no T up to {benchmark.up_to} in the row '{label}', which runs "
                        f"{self.grid(label)}. Raise `up_to`, or leave the row out of the `methods` "
                        f"of the benchmark with {', '.join(benchmark.datasets)}."
                    )
        return self

    @property
    def seeds(self) -> range:
        """The seed of each repetition."""
        return range(self.seed, self.seed + self.repetitions)

    def method_name(self, label: str) -> str:
        """The name of the method file behind a row."""
        return self.methods[label].method or label

    def grid(self, label: str, up_to: int | None = None) -> list[int]:
        """The numbers of time steps that a row is run for, rising; none above `up_to`."""
        own = self.methods[label].timesteps or self.timesteps
        return [time for time in own if up_to is None or time <= up_to]

    def recipe(self, label: str) -> str:
        """The recipe in finetuning/ whose state a row asks for (its option `tuned`), or ""."""
        return self.methods[label].options.get("tuned") or ""

    def pairs(self) -> Iterator[tuple[str, str, Benchmark]]:
        """Yield every (data set, backbone) with the benchmark that names it."""
        for benchmark in self.benchmarks:
            for dataset, backbone in product(benchmark.datasets, benchmark.backbones):
                yield dataset, backbone, benchmark


def schema() -> str:
    """Return the JSON schema of a configuration, as the text of its file."""
    return json.dumps(RunConfig.model_json_schema(), indent=2) + "\n"


if __name__ == "__main__":
    print(schema(), end="")
