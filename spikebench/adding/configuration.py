"""A small run of what was added, so that the next command works as it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spikebench.data.registry import DatasetSpec
from spikebench.run import catalogue

FIRST = 4  # images of a run that is a first look
PATCH = 32  # the side of a calibration patch in degraded pixels, where the images allow it
TEST, TRAIN = "embedded", "embedded_train"  # sets that need no download
# Small backbones of the repository, the first look at images of yours.
SMALL = {
    "denoise": "dncnn_tiny_s25",
    "super_resolution": "espcn_tiny_x2",
    "derain": "unet_tiny_rain",
}
TEXT = """\
# A first look at {subject}: {command}
# Written by `spikebench add`. Edit what you like; config/README.md explains each key.
run: {name}
timesteps: [1, 2, 4, 8] # every T is recorded

calibration: # patches of a training set, from which methods find thresholds
  patches: 16
  size: {size}
  datasets: {{{calibration}}}

benchmarks: # data sets with backbones; `images`: the first ones, null for all
{benchmarks}
methods: # `spikebench list methods` has more; each with its options, such as {{percentile: 99.9}}
  input: {{}} # the degraded image: the floor
  ann: {{}} # the network before conversion: the ceiling
  percentile_norm: {{}}
  signed_if: {{}}

energy_models: [45nm_fp32_cached] # docs/energy.md has others
"""


@dataclass(frozen=True)
class Board:
    """What a run of one task needs; None for what is not here.

    `images` is how many test images a first look takes, `size` the side of a calibration patch that
    the training set allows, in degraded pixels.
    """

    task: str
    test: str | None
    backbone: str | None
    train: str | None
    images: int
    size: int

    def lacking(self) -> Iterator[str]:
        """Say how to add what is not here."""
        pairs = f"--task {self.task}"
        if self.backbone is None:
            yield f"spikebench add backbone FILE --architecture NAME {pairs}"
        if self.test is None:
            yield f"spikebench add dataset FOLDER {pairs}"
        if self.train is None:
            yield f"spikebench add dataset FOLDER {pairs} --train"


def board(
    task: str, root: Path, dataset: DatasetSpec | None = None, backbone: str | None = None
) -> Board:
    """Return what a run of a task can be made of, with the set or backbone that is just added."""
    new = dataset.name if dataset else None
    names = [name for name in catalogue.dataset_names(root) if name != new]
    known = [catalogue.dataset(name, root) for name in names] + ([dataset] if dataset else [])
    serving = [spec for spec in known if task in spec.tasks]
    test, train = (
        _best([spec for spec in serving if spec.role == role], own, new)
        for role, own in (("test", TEST), ("train", TRAIN))
    )
    return Board(
        task,
        test.name if test else None,
        backbone or SMALL.get(task) or _own_backbone(task, root),
        train.name if train else None,
        min(FIRST, test.images) if test else FIRST,
        _patch(train),
    )


def configuration(name: str, subject: str, boards: list[Board]) -> str:
    """Return the text of config/<name>.yaml; the first board is run, the others are comments."""
    lines = [
        f"- {{datasets: [{board.test}], backbones: [{board.backbone}], images: {board.images}}}"
        for board in boards
    ]
    return TEXT.format(
        name=name,
        subject=subject,
        command=command(name),
        size=min(board.size for board in boards),
        calibration=", ".join(f"{board.task}: {board.train}" for board in boards),
        benchmarks="".join(f"  # {line}\n" for line in lines).replace("# ", "", 1),
    )


def command(name: str) -> str:
    """Return the command that runs config/<name>.yaml."""
    return f"snakemake --cores 2 all --configfile config/{name}.yaml"


def next_step(name: str, boards: list[Board]) -> str:
    """Return the line that says what to type next: the run, or what it lacks."""
    if any(not list(board.lacking()) for board in boards):
        return f"Next: {command(name)}"
    lacking = [step for board in boards for step in board.lacking()]
    return f"Next, before a run of {boards[0].task}: {'; '.join(dict.fromkeys(lacking))}"


def _best(specs: list[DatasetSpec], embedded: str, new: str | None) -> DatasetSpec | None:
    """Return the set that is just added, else one of the user's, else the embedded one."""
    ranked = [
        *(spec for spec in specs if spec.name == new),
        *(spec for spec in specs if spec.folder and spec.role == "test"),
        *(spec for spec in specs if spec.name == embedded),
        *(spec for spec in specs if spec.folder),
    ]
    return ranked[0] if ranked else None


def _own_backbone(task: str, root: Path) -> str | None:
    names = catalogue.backbone_names(root)
    own = [name for name in names if not catalogue.has_recipe(name, root)]
    fitting = [name for name in own if catalogue.backbone_task(name, root) == task]
    return next((name for name in fitting if catalogue.embedded_weights(name, root)), None)


def _patch(train: DatasetSpec | None) -> int:
    """Return a side that patches of the set's degraded images can have, twice as small enlarged."""
    if train is None:
        return PATCH
    factor = max([2, *(entry.scale or 1 for entry in train.files)])
    return min(PATCH, train.sides[0] // factor)
