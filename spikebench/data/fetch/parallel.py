"""Do something for many files at once, behind one progress bar, and say together what failed."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from threading import Lock

from tqdm import tqdm

from spikebench.data.entry import FileEntry
from spikebench.errors import BenchError

PARALLEL = 8
SHOWN = 10  # failures that are told one by one


class Bar:
    """A progress bar over files that also shows how much has come over the network."""

    def __init__(self, bar: tqdm) -> None:
        self._bar, self._lock, self._received = bar, Lock(), 0

    def received(self, size: int) -> None:
        """Add bytes."""
        with self._lock:
            self._received += size
            self._bar.set_postfix_str(f"{self._received / 1e6:.1f} MB", refresh=False)
            self._bar.update(0)

    def finished(self, files: int, of: int) -> None:
        """Add files."""
        with self._lock:
            self._bar.total = of
            self._bar.update(files)


@contextmanager
def progress_bar(name: str) -> Iterator[Bar]:
    """Show a bar, at most twice a second."""
    with tqdm(desc=name, unit="file", miniters=0, mininterval=0.5) as bar:
        yield Bar(bar)


def for_each(
    files: list[FileEntry], act: Callable[[FileEntry], FileEntry], name: str, bar: Bar
) -> list[FileEntry]:
    """Return what `act` makes of each file of the set `name`, in order.

    Every file is tried. Raises `BenchError` with the first messages where some failed; what is no
    `BenchError` goes through.
    """
    pool = ThreadPoolExecutor(PARALLEL)
    try:
        jobs = [pool.submit(act, file) for file in files]
        for _ in as_completed(jobs):
            bar.finished(1, of=len(jobs))
    finally:
        pool.shutdown(cancel_futures=True)  # an interrupted fetch does not go on
    _refuse_failures(jobs, name)
    return [job.result() for job in jobs]


def _refuse_failures(jobs: list[Future[FileEntry]], name: str) -> None:
    errors = [error for job in jobs if (error := job.exception())]
    for error in errors:
        if not isinstance(error, BenchError):
            raise error
    if errors:
        messages = list(dict.fromkeys(map(str, errors)))  # files not asked for share one
        more = [f"And {len(messages) - SHOWN} more like these."] if len(messages) > SHOWN else []
        raise BenchError(
            f"Data set '{name}': {len(errors)} of {len(jobs)} files failed, "
            f"{len(jobs) - len(errors)} are right and need not be fetched again.\n"
            + "\n".join([*messages[:SHOWN], *more])
        )
