"""What every script of the workflow shares: its log file and how it fails."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from spikebench.errors import BenchError


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
            print(error, file=stream)
            sys.exit(str(error))
        except Exception:
            traceback.print_exc(file=stream)
            raise
