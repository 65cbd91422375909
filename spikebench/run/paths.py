"""Where each file lies that the workflow makes, relative to the folder in which Snakemake runs.

Rules, scripts, the messages of failures and the commands they name ask here. An argument may be a
wildcard of a rule, as in `weights("{backbone}")`: what a rule writes is what a message names.
"""

from pathlib import Path

from spikebench.run.cell import Cell

RESOURCES, RESULTS, REPORTS, LOGS = map(Path, ("resources", "results", "reports", "logs"))

DATASETS = RESOURCES / "datasets"  # fetched, a folder each
SOURCES = RESOURCES / "sources"  # lists of hashes of code, see `spikebench.run.sources`
TRUST = RESULTS / "backbones.parquet"
TRUST_PAGE = REPORTS / "backbones.html"
RELEASES = REPORTS / "release"
SHARDS = ("images", "layers", "pictures")  # the tables of a cell


def dataset(name: str) -> Path:
    """Return the folder of a fetched data set."""
    return DATASETS / name


def weights(backbone: str) -> Path:
    """Return the checked weights of a backbone, fetched or copied."""
    return RESOURCES / "backbones" / f"{backbone}.safetensors"


def pretrained(backbone: str, suffix: str = ".safetensors") -> Path:
    """Return what training a backbone leaves: its weights, or its losses (.csv)."""
    return RESOURCES / "pretrained" / f"{backbone}{suffix}"


def pinned_state(recipe: str, backbone: str) -> Path:
    """Return a fine-tuned state that its recipe pins: copied or fetched, and checked."""
    return RESOURCES / "states" / backbone / f"{recipe}.safetensors"


def finetuned(recipe: str, backbone: str, suffix: str = ".safetensors") -> Path:
    """Return what fine-tuning leaves: the state, its curve (.csv) and its drawing (.svg)."""
    return RESOURCES / "finetuned" / backbone / f"{recipe}{suffix}"


def verified(backbone: str, dataset: str) -> Path:
    """Return the table of a backbone's ANN on a whole test set."""
    return RESOURCES / "verified" / backbone / f"{dataset}.parquet"


def converted(run: str, cell: Cell) -> Path:
    """Return the converted network of a cell, or why the method refuses its backbone."""
    return RESOURCES / "converted" / run / f"{cell.conversion}.safetensors"


def converted_by(file: Path) -> tuple[str, str]:
    """Return the backbone and the method of a file that `converted` returned."""
    backbone, method, _ = file.parts[-3:]
    return backbone, method


def shard(run: str, cell: Cell, name: str) -> Path:
    """Return one of the tables of a cell, see `SHARDS`."""
    return _cell(run, cell) / f"{name}.parquet"


def part(run: str, cell: Cell, first: int, stop: int) -> Path:
    """Return what another job restored of a cell: its images at `first` to before `stop`."""
    return _cell(run, cell) / f"part{first}-{stop}.jsonl"


def pairs_done(run: str) -> Path:
    """Return the folder of what jobs leave that evaluate all cells of a data set and backbone."""
    return results(run) / "pairs"


def pair_done(run: str, dataset: str, backbone: str) -> Path:
    """Return the mark that such a job has ended, which says what came of each cell."""
    return pairs_done(run) / dataset / f"{backbone}.txt"


def pair_cell(run: str, cell: Cell) -> Path:
    """Return the folder in which such a job leaves a cell's tables, or why it failed."""
    return pairs_done(run) / cell.evaluation


def results(run: str) -> Path:
    """Return the folder of a run's tables."""
    return RESULTS / run


def table(run: str, name: str) -> Path:
    """Return a table of a run."""
    return results(run) / f"{name}.parquet"


def numbers_checked(run: str) -> Path:
    """Return the mark that a run holds no number that cannot be."""
    return results(run) / "numbers_checked.txt"


def report(run: str) -> Path:
    """Return the folder of a run's pages, tables and figures."""
    return REPORTS / run


def page(run: str) -> Path:
    """Return the page of a run."""
    return report(run) / "index.html"


def stage_sources(stage: str) -> Path:
    """Return the list of the code behind a stage."""
    return SOURCES / f"{stage}.txt"


def method_sources(run: str, method: str) -> Path:
    """Return the list of the code behind a method file of a run, whose folders decide which."""
    return SOURCES / "methods" / run / f"{method}.txt"


def architecture_sources(architecture: str) -> Path:
    """Return the list of the code behind an architecture."""
    return SOURCES / "backbones" / f"{architecture}.txt"


def log(rule: str, below: Path | str = "", run: str = "") -> Path:
    """Return the log of a rule's job; `below` are its wildcards, `run` the run it belongs to."""
    return _beside(rule, below, run, ".log")


def benchmark(rule: str, below: Path | str = "", run: str = "") -> Path:
    """Return where Snakemake writes what a job took, beside its log."""
    return _beside(rule, below, run, ".tsv")


def _beside(rule: str, below: Path | str, run: str, suffix: str) -> Path:
    return Path(f"{LOGS / run / rule / below}{suffix}")


def _cell(run: str, cell: Cell) -> Path:
    return results(run) / "cells" / cell.evaluation
