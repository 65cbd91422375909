"""What a broken run had finished, to tell afterwards whether any of it was made again."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from spikebench.io.seals import seal_of

FINISHED = ("results/*/cells/**/*.parquet", "resources/converted/**/*.safetensors")
JOURNALS = "results/*/cells/**/*.jsonl"


@dataclass(frozen=True)
class Progress:
    """Times of sealed files in nanoseconds, and the whole lines of each journal."""

    files: dict[Path, int]
    lines: dict[Path, bytes]

    @classmethod
    def of(cls, root: Path) -> Self:
        """Return what is finished below a checkout in which nothing runs."""
        found = (file for pattern in FINISHED for file in root.glob(pattern))
        journals = {
            file: file.read_bytes()
            for file in root.glob(JOURNALS)
            if not seal_of(file.with_name("images.parquet")).is_file()  # else it has served
        }
        return cls(
            {file: file.stat().st_mtime_ns for file in found if seal_of(file).is_file()},
            {file: text[: text.rfind(b"\n") + 1] for file, text in journals.items()},
        )

    def __str__(self) -> str:
        images = sum(map(_count, self.lines.values()))
        return f"{len(self.files)} finished files, {images} images of unfinished cells"

    def repeated(self, root: Path) -> list[Path]:
        """Return what was made again since: files by their time, journals by their beginning.

        A journal that is gone has become its cell's tables; the cell's log says how many of its
        images it did not simulate.
        """
        files = [
            file
            for file, time in self.files.items()
            if not file.is_file() or file.stat().st_mtime_ns != time
        ]
        return files + [file for file in self.lines if not self._goes_on(file, root)]

    def _goes_on(self, file: Path, root: Path) -> bool:
        lines = self.lines[file]
        if file.is_file():
            return file.read_bytes().startswith(lines)
        run, _, *cell, _ = file.relative_to(root / "results").parts
        log = root.joinpath("logs", run, "evaluate", *cell).with_suffix(".log")
        return f" {_count(lines)} finished before, " in log.read_text()


def _count(lines: bytes) -> int:
    return lines.count(b"\n")
