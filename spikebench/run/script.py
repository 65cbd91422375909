"""What every script of the workflow shares: its log, its checks of files, and how it fails."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from spikebench.errors import BenchError
from spikebench.io.seals import refuse_damage, seal, seal_of

FAILED = "Failed: "  # what a log says in front of the reason


@contextmanager
def job(snakemake: Any) -> Iterator[None]:
    """Run the block as one of Snakemake's jobs: `logged`, on undamaged inputs, outputs sealed."""
    outputs = [Path(file) for file in snakemake.output]
    with logged(snakemake.log[0]):
        for output in outputs:
            seal_of(output).unlink(missing_ok=True)
        refuse_damage(map(Path, snakemake.input))
        yield
        for output in filter(Path.exists, outputs):  # Snakemake touches some only afterwards
            seal(output)


@contextmanager
def logged(log: str) -> Iterator[None]:
    """Send what the block prints to the file `log`; on a failure, exit with status 1.

    A BenchError goes alone to the log and to the terminal. Anything else is a mistake of ours and
    keeps its traceback, in both places.
    """
    with Path(log).open("w", encoding="utf-8") as stream:
        try:
            with redirect_stdout(stream), redirect_stderr(stream):
                yield
        except BenchError as error:
            print(f"{FAILED}{error}", file=stream)
            sys.exit(str(error))
        except Exception as error:
            traceback.print_exc(file=stream)
            print(f"{FAILED}{type(error).__name__}: {error}", file=stream)
            raise
