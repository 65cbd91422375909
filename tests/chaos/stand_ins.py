"""A checkout in small: the real rules, with scripts that stand in and need no torch.

The stand-ins keep the contract of every script (`job`, a journal in evaluate) and write what
depends on all of their inputs, so that a wrong byte anywhere would reach the last table.
"""

import shutil
from pathlib import Path

import yaml

from tests.chaos.chaos import REPOSITORY, commit
from tests.miniature import run_config, write_catalogue

STAND_IN = """
import hashlib
import os
import time
from pathlib import Path

from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path
from spikebench.io.journal import Journal, remove_journals
from spikebench.io.checksums import file_sha256
from spikebench.run.logs import job

IMAGES = 5
known = [Path(file) for file in snakemake.input if not str(file).startswith("spikebench")]


def contents(path):
    files = [path] if path.is_file() else sorted(path.rglob("*"))
    return [f"{file} {file_sha256(file)}" for file in files if file.is_file()
            and not file.name.startswith(".")]


with job(snakemake):
    if snakemake.rule == "evaluate" and "broken" in Path(snakemake.params.method_file).read_text():
        raise BenchError("image 3: NaN.")
    lines = sorted(line for path in known for line in contents(path))
    digest = hashlib.sha256("\\n".join(lines).encode()).hexdigest()
    if snakemake.rule == "evaluate":
        cell = Path(snakemake.output.images).parent
        journal = Journal(cell / "journal.jsonl", digest)
        for image in map(str, range(IMAGES)):
            if image not in journal.finished:
                with Path("simulated.log").open("a") as stream:
                    stream.write(f"{cell} {image}\\n")
                time.sleep(float(os.environ.get("STAND_IN_PAUSE", "0.1")))
                journal.add(image, digest + image)
        digest = "".join(journal.finished[image] for image in map(str, range(IMAGES))) * 1000
    for output in map(Path, snakemake.output):
        files = [output] if output.suffix else [output / "index.csv", output / "target/a.png"]
        for file in files:
            with atomic_path(file) as temporary:
                temporary.write_text(f"{snakemake.rule} {file} {digest}")
    if snakemake.rule == "collect":
        for file in snakemake.input.images:
            remove_journals(Path(file).parent)
"""
# As the script it stands for: its mark has no seal, since it is deleted once the run is collected.
MARK = """
from pathlib import Path

Path(snakemake.output[0]).touch()
"""
CELLS, IMAGES = 3, 5
PAUSE = "STAND_IN_PAUSE"  # seconds that an image takes


def stand_in_checkout(root: Path) -> Path:
    """Write a checkout in small, in a git of its own, and return it."""
    write_catalogue(root)
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("workflow", "profiles", "spikebench"):
        shutil.copytree(REPOSITORY / name, root / name, ignore=ignore)
    shutil.copy(REPOSITORY / "Snakefile", root)
    for script in root.glob("workflow/scripts/*.py"):
        script.write_text(MARK if script.stem == "so_far" else STAND_IN)
    (root / "my.yaml").write_text(yaml.safe_dump(run_config()))
    (root / ".gitignore").write_text("resources\nresults\nreports\nlogs\n.snakemake\n*.log\n")
    commit(root)
    return root


def identify(checkout: Path) -> str:
    """Return what the last table holds."""
    return (checkout / "results/mini/images.parquet").read_text()
