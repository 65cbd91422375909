"""Break a run in every way that a long night can, mend it with one command, and compare.

    python -m tests.chaos.chaos --configfile config/quick.yaml --kills 20 --corruptions 50

works on a copy of the checkout in a new folder, says what it broke, and ends with status 1 where
the table id is another one, a damaged file was not named, or a run did not mend itself.
tests/chaos/test_chaos.py is its short form, on a checkout in small.
"""

import argparse
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pyarrow.parquet as pq

from spikebench.results.identity import table_id
from tests.chaos.progress import Progress

REPOSITORY = Path(__file__).parents[2]
SAID = "said.log"  # below a checkout
SCRIPT = ".snakemake/scripts"  # in the command line of every job
# What may be damaged, below a checkout.
TARGETS = {
    "shard": "results/*/cells/**/*.parquet",
    "table": "results/*/*.parquet",
    "weights": "resources/backbones/*.safetensors",
    "network": "resources/converted/**/*.safetensors",
    "image": "resources/datasets/**/*.png",
    "index": "resources/datasets/*/index.csv",
    "page": "reports/*/index.html",
    "checksum": "results/**/*.sha256",
    "manifest": "datasets/*/dataset.yaml",
    "backbone": "backbones/*.yaml",
}
KEPT_BY_GIT = ("datasets", "backbones")


@dataclass
class Chaos:
    """A checkout with a configuration, the id its run gives, and a seeded source of mischief."""

    root: Path
    configfile: str
    identify: Callable[[Path], str]
    draw: random.Random = field(default_factory=lambda: random.Random(0))
    options: tuple[str, ...] = ("--cores", "2")
    limit: float = 600.0  # seconds after which a run counts as hanging
    seconds: float = 0.0  # of an unbroken run
    kills: int = 0  # so far
    rounds: int = 0  # how often it began anew

    def start(self, *arguments: str, most_bytes: int | None = None) -> subprocess.Popen:
        """Start Snakemake in a session of its own; no file may exceed `most_bytes`.

        What it says goes to said.log: a pipe that nobody reads would stop it once it is full.
        """

        def limit() -> None:
            if most_bytes is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

        settings = [*self.options, "--configfile", self.configfile]
        with (self.root / SAID).open("wb") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "snakemake", *(arguments or ["all"]), *settings],
                cwd=self.root,
                env=os.environ | {"PYTHONPATH": os.pathsep.join([str(self.root), *sys.path])},
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=limit,
            )

    def end(self, process: subprocess.Popen) -> tuple[int, str]:
        """Wait for Snakemake's end; return its status and what it said."""
        status = process.wait(timeout=self.limit)
        return status, (self.root / SAID).read_text(encoding="utf-8", errors="replace")

    def run(self, *arguments: str, most_bytes: int | None = None) -> tuple[int, str]:
        """Run Snakemake to its end; return its status and what it said."""
        return self.end(self.start(*arguments, most_bytes=most_bytes))

    def whole(self) -> str:
        """Run to the end, which has to succeed, and return the id."""
        began = time.monotonic()
        status, said = self.run()
        assert status == 0, said
        self.seconds = time.monotonic() - began
        return self.identify(self.root)

    def forget(self) -> None:
        """Delete what the run made of its cells; what was fetched and converted stays."""
        self.rounds += 1
        for name in ("results", "reports"):
            shutil.rmtree(self.root / name, ignore_errors=True)

    def fill(self) -> tuple[int, str]:
        """Run with the results on a disk of 300 KiB, or where none may be mounted, with a limit."""
        folder = self.root / "results"
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            return self.run(most_bytes=100_000)
        try:
            return self.run()
        finally:
            subprocess.run(["umount", str(folder)], check=True)
            self.forget()

    def kill(self, most: int) -> list[str]:
        """Run once, and kill random jobs of it at random moments; return what was hit.

        Every fifth kill hits Snakemake with all its jobs, and ends the run. After a run without
        any, what it made is forgotten.
        """
        process, hits = self.start(), []
        everything = False
        while process.poll() is None and len(hits) < most and not everything:
            time.sleep(self.draw.uniform(0, 0.2 * self.seconds))
            how = self.draw.choice([signal.SIGKILL, signal.SIGTERM])
            if hit := self._kill_one(process.pid, how):
                self.kills += 1
                everything = self.kills % 5 == 0
                hits.append(f"{how.name} to {'everything' if everything else hit}")
        if everything:
            os.killpg(process.pid, how)
        self.end(process)
        if everything:
            self.run("--unlock")
        if not hits:
            self.forget()
        return hits

    def _kill_one(self, pid: int, how: signal.Signals) -> int:
        """Return the process that was killed, 0 where no job runs now, or it has just ended."""
        try:
            family = psutil.Process(pid).children(recursive=True)
            jobs = [child for child in family if SCRIPT in " ".join(child.cmdline())]
            chosen = self.draw.choice(jobs)
            chosen.send_signal(how)
        except (IndexError, psutil.Error):
            return 0
        return chosen.pid

    def corrupt(self, count: int) -> list[Path]:
        """Flip a bit in, cut short or empty `count` random files of all kinds; return them."""
        by_kind = {kind: self._targets(pattern) for kind, pattern in TARGETS.items()}
        kinds = [kind for kind, files in by_kind.items() if files]
        chosen: set[Path] = set()
        while len(chosen) < count:
            chosen.add(self.draw.choice(by_kind[self.draw.choice(kinds)]))
        for file in sorted(chosen):
            self._damage(file)
        return sorted(chosen)

    def _targets(self, pattern: str) -> list[Path]:
        """Return the files that may be damaged, without what was set aside as damaged before."""
        files = sorted(self.root.glob(pattern))
        return [f for f in files if not any(part.endswith(".damaged") for part in f.parts)]

    def _damage(self, file: Path) -> None:
        content = bytearray(file.read_bytes())
        match self.draw.randrange(3):
            case 0:
                content[self.draw.randrange(len(content))] ^= 1 << self.draw.randrange(8)
            case 1:
                del content[self.draw.randrange(len(content)) :]
            case 2:
                content.clear()
        file.write_bytes(content)

    def mend(self, damaged: Sequence[Path]) -> list[Path]:
        """Do what the workflow says, then run once; return the damaged files that it did not name.

        Files that git keeps are brought back from there, since only git knows what they were.
        """
        kept = [f for f in damaged if f.relative_to(self.root).parts[0] in KEPT_BY_GIT]
        said = self.run("--dry-run")[1] if kept else ""
        for file in kept:
            name = str(file.relative_to(self.root))
            if f"git checkout -- {name}" in said:
                subprocess.run(["git", "checkout", "-q", "--", name], cwd=self.root, check=True)
        status, more = self.run()
        assert status == 0, more
        return [f for f in damaged if not _names(said + more, f.relative_to(self.root))]


def _names(said: str, file: Path) -> bool:
    """Tell whether a run named a file, or the output whose checksum it holds."""
    return str(file) in said or str(file).removesuffix(".sha256") in said


def copy(root: Path) -> Path:
    """Return a copy of this checkout in a git of its own: no runs, but the compiled kernels."""
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    kernels = (str(file.relative_to(REPOSITORY)) for file in REPOSITORY.glob("spikebench/**/*.so"))
    names = [*filter(None, tracked), *kernels]
    for name in (name for name in names if not name.startswith(("results/", "reports/"))):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, root / name)
    commit(root)
    return root


def identify(checkout: Path) -> str:
    """Return the table id of the one run of a checkout."""
    (table,) = checkout.glob("results/*/images.parquet")
    return table_id(pq.read_table(table))


def commit(root: Path) -> None:
    """Make a git of a checkout."""
    who = ["-c", "user.name=chaos", "-c", "user.email=chaos@localhost"]
    for arguments in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "checkout"]):
        subprocess.run(["git", *arguments], cwd=root, check=True)


def storm(chaos: Chaos, kills: int, corruptions: int, batch: int = 10) -> None:
    """Fill the disk, kill, damage; raise `AssertionError` where the table is another one then."""
    original = chaos.whole()
    print(f"table {original[:64]}, {chaos.seconds:.0f} s unbroken", flush=True)
    chaos.forget()
    status, said = chaos.fill()
    assert status != 0 and "The disk is full: " in said, said
    print("the disk was full, and the jobs that found it so said it", flush=True)
    while chaos.kills < kills:
        before, rounds = Progress.of(chaos.root), chaos.rounds
        print(f"{before}; then:", *chaos.kill(kills - chaos.kills), flush=True)
        if chaos.rounds == rounds:
            assert not (again := before.repeated(chaos.root)), f"made again: {again}"
    before = Progress.of(chaos.root)
    assert chaos.whole() == original, "another table id after kills"
    assert not (again := before.repeated(chaos.root)), f"made again: {again}"
    print("the same table after kills, nothing repeated that was finished", flush=True)
    for start in range(0, corruptions, batch):
        damaged = chaos.corrupt(min(batch, corruptions - start))
        print("damaged", *(file.relative_to(chaos.root) for file in damaged), flush=True)
        missed = chaos.mend(damaged)
        assert not missed, f"not named: {missed}"
        assert chaos.identify(chaos.root) == original, "another table id after damage"
    print("the same table after all of it")


def main() -> None:
    """Run the long form."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--configfile", default="config/quick.yaml")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--corruptions", type=int, default=50)
    parser.add_argument("--batch", type=int, default=10, help="corruptions at once")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=float, default=3600.0, help="seconds that a run may take")
    given = parser.parse_args()
    root = copy(Path(tempfile.mkdtemp(prefix="chaos")))
    storm(
        Chaos(root, given.configfile, identify, random.Random(given.seed), limit=given.limit),
        given.kills,
        given.corruptions,
        given.batch,
    )


if __name__ == "__main__":
    main()
