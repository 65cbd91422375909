"""The manifest of a release: what it is, the SHA-256 of each file, digests of each table."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import pyarrow.parquet as pq

from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path
from spikebench.io.checksums import file_sha256
from spikebench.release.digests import Digests, digests
from spikebench.run.paths import RELEASES
from spikebench.run.sources import Stage, sources_hash, stage_sources

FILE = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What a release holds; paths are relative to it. `writer` is the hash of what wrote tables."""

    version: str
    run: str
    table_id: str
    writer: str
    files: dict[str, str]
    tables: dict[str, Digests]

    @property
    def name(self) -> str:
        """The name of the release's folder."""
        return f"{self.version}-{self.table_id}"

    @classmethod
    def of(cls, folder: Path, *, version: str, run: str, table_id: str) -> Self:
        """Describe what lies in a folder."""
        return cls(
            version=version,
            run=run,
            table_id=table_id,
            writer=writer(),
            files={name: file_sha256(folder / name) for name in names(folder)},
            tables={
                name: digests(pq.read_table(folder / name))
                for name in names(folder)
                if name.endswith(".parquet")
            },
        )

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a release's manifest; raise `BenchError` where there is none, or a damaged one."""
        file = folder / FILE
        if not file.is_file():
            raise BenchError(
                f"There is no {file}. Name the folder of a release, such as "
                f"{RELEASES}/0.1.0-0123456789ab; `snakemake release` makes one."
            )
        try:
            return cls(**json.loads(file.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise BenchError(f"{file} is damaged: {error}. Take the release's own copy.") from None

    def write(self, folder: Path) -> None:
        with atomic_path(folder / FILE) as temporary:
            text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
            temporary.write_text(text + "\n", encoding="utf-8")


def names(folder: Path) -> list[str]:
    """Return the paths of all files of a release but its manifest, sorted."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return sorted(name for file in files if (name := file.relative_to(folder).as_posix()) != FILE)


def writer() -> str:
    """Return the hash of the sources between images.parquet and the tables."""
    stages = (Stage.ENERGY, Stage.LEADERBOARD, Stage.COMPARE, Stage.REPORT)
    return sources_hash({file for stage in stages for file in stage_sources(stage)})
