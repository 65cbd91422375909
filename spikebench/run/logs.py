"""The log of a job: what every script of the workflow writes there, and why the job failed."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from spikebench.errors import BenchError
from spikebench.io.seals import refuse_damage, seal, seal_of

FAILED = "Failed: "  # what a log says in front of the reason
SILENT = "It ended without a message: it was killed, or the memory ran out."
NOT_STARTED = "It was not started."


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


def reason(log: Path) -> str:
    """Return why the job of a log failed, in one line."""
    if not log.is_file():
        return NOT_STARTED
    _, failed, message = log.read_text(encoding="utf-8", errors="replace").rpartition(FAILED)
    return " ".join(message.split()) if failed else SILENT
