"""Cells computed again by the workflow of this checkout, in a folder that holds nothing else."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import yaml

from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path
from spikebench.io.workfolder import link_checkout
from spikebench.release.reproduce.draw import TableCell
from spikebench.release.reproduce.settings import checked, settings
from spikebench.release.reproduce.table import Published, of_cell
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.layers import LAYERS
from spikebench.results.shards import read_shard
from spikebench.run import paths
from spikebench.run.failures import PARTIAL, find_failures
from spikebench.run.sources import LIBRARY

CHECKOUT = LIBRARY.parent
STDERR = 2  # the descriptor: stdout is for what came of it
CONFIG = "reproduce.yaml"  # in the work folder
NOWHERE = "no_trunk"  # in the work folder, and never made: there is no network for LPIPS


class Again:
    """Cells of a published table in a work folder of their own.

    `table` is what they stand in, `work` the folder, which is made. What an interrupted run left
    there is used. Raises `BenchError` where the library lies in no checkout, where LPIPS was
    measured and cannot be here, and where the rows name what is not here.
    """

    def __init__(self, table: Published, cells: Sequence[TableCell], work: Path) -> None:
        if not (CHECKOUT / "Snakefile").is_file():
            raise BenchError(
                f"{CHECKOUT} is no checkout of the benchmark, whose workflow computes cells. Clone "
                "the repository and set it up: make quick."
            )
        self.table, self.cells, self.work = table, cells, work
        self.trusted_since = 0.0  # seconds since 1970
        config = settings(table, {cell.method for cell in cells})
        work.mkdir(parents=True, exist_ok=True)
        link_checkout(Path.cwd(), work)  # for data sets and backbones of yours that it may have
        link_checkout(CHECKOUT, work)
        self.config = checked(config, table, work)
        with atomic_path(work / CONFIG) as temporary:
            temporary.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")

    def run(self, cores: str) -> None:
        """Compute the cells; what fails is left out, see `failure`. Snakemake speaks on stderr.

        Where something failed, nobody knows whether what an earlier call left is still what the
        sources of today would give: only what was written now counts.
        """
        asked = ["--snakefile", str(CHECKOUT / "Snakefile"), "--directory", str(self.work)]
        asked += ["--configfile", str(self.work / CONFIG), "--cores", cores]
        targets = [
            str(self._shard(cell, name)) for cell in self.cells for name in ("images", "layers")
        ]
        path = os.pathsep.join(filter(None, [str(CHECKOUT), os.environ.get("PYTHONPATH")]))
        environment = {name: text for name, text in os.environ.items() if name != PARTIAL}
        environment["PYTHONPATH"] = path
        if not self.table.has_lpips:
            environment["TORCH_HOME"] = str(self.work.absolute() / NOWHERE)
        command = [sys.executable, "-m", "snakemake", *targets, *asked]
        began = time.time()
        done = subprocess.run(command, env=environment, stdout=STDERR, check=False)
        self.trusted_since = began if done.returncode else 0.0

    def rows(self, cell: TableCell) -> tuple[pa.Table, pa.Table] | None:
        """Return the rows of a cell among images and among layers; None where it has none."""
        images, layers = (self.work / self._shard(cell, name) for name in ("images", "layers"))
        if not (self._trusted(images) and self._trusted(layers)):
            return None
        return of_cell(read_shard(images, IMAGES), cell), of_cell(read_shard(layers, LAYERS), cell)

    def failure(self, cell: TableCell) -> str:
        """Return why a cell has no rows: the stage that failed, its reason, its log."""
        found = find_failures(self.config, [cell.of_run], [], self.work)
        if not found:
            return "the workflow failed, and rows of an earlier call may be outdated."
        return f"{found[0].stage}: {found[0].message} Log: {self.work / found[0].log}"

    def _trusted(self, file: Path) -> bool:
        return file.is_file() and file.stat().st_mtime >= self.trusted_since

    def _shard(self, cell: TableCell, name: str) -> Path:
        return paths.shard(self.config.run, cell.of_run, name)
