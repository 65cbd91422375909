"""Boards: what the page ranks together. One for each pair of data set and backbone."""

from dataclasses import dataclass, field, replace

from spikebench.analysis.selection import Selection
from spikebench.report.boards.ranking import Ranked, ranking
from spikebench.report.boards.row import Row
from spikebench.report.text import db, plural

TASKS = {
    "denoise": "denoising",
    "super_resolution": "super-resolution",
    "derain": "deraining",
    "jpeg": "JPEG artefact removal",
}


def task_name(task: str) -> str:
    """Return a task in words; a paired task is called what its description calls it."""
    return TASKS.get(task, task.replace("_", " "))


@dataclass(frozen=True)
class Board:
    """All rows of one data set and one backbone, best PSNR first."""

    dataset: str
    backbone: str
    task: str
    protocol: str  # a name in spikebench.metrics.protocols
    set_title: str  # such as "Set12"
    net_title: str  # such as "DnCNN-tiny"
    rows: list[Row]
    refused: list[tuple[str, str]] = field(default_factory=list)  # row name, reason
    files: dict[str, str] = field(default_factory=dict)  # of a row's method, its file
    left_out: tuple[str, ...] = ()  # images on which a PSNR is not finite; see results.finite

    @property
    def key(self) -> str:
        return f"{self.dataset}.{self.backbone}"

    @property
    def title(self) -> str:
        return f"{self.set_title} · {self.net_title}"

    @property
    def about(self) -> str:
        """What all its rows share: images, protocol, and the two ends of the scale."""
        return (
            f"{self.counted}, {self.protocol}; ANN {db(self.ceiling)} dB, "
            f"degraded input {db(self.floor)} dB"
        )

    @property
    def task_name(self) -> str:
        return task_name(self.task)

    @property
    def competitors(self) -> list[Row]:
        return [row for row in self.rows if not row.reference]

    @property
    def images(self) -> int:
        return self.rows[0].images

    @property
    def compared(self) -> int:
        """How many of its images means of PSNR and comparisons are over."""
        return self.images - len(self.left_out)

    @property
    def counted(self) -> str:
        """The number of images in words, and of those left out of PSNR where there are any."""
        whole = plural(self.images, "image")
        return f"{whole}, {len(self.left_out)} left out of PSNR" if self.left_out else whole

    @property
    def ceiling(self) -> float:
        """The ANN's mean PSNR in dB."""
        return self.rows[0].psnr_ann

    @property
    def floor(self) -> float:
        """The mean PSNR of the degraded input in dB."""
        return self.rows[0].psnr_input

    def under(self, model: str) -> "Board":
        """Return the board as it is when this energy model ranks."""
        return replace(self, rows=[row.under(model) for row in self.rows])

    def ranking(self, selection: Selection, model: str | None = None) -> list[Ranked]:
        """The rows that a selection shows, with their ranks; see `ranking.ranking`."""
        return ranking(self.rows, selection, model)

    def shown(self, selection: Selection) -> list[Row]:
        """The competitors that a selection shows, best first."""
        found = [line.row for line in self.ranking(selection) if not line.row.reference]
        return sorted(found, key=lambda row: (-row.quality, row.energy))
