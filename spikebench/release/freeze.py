"""Freeze a finished run into reports/release/<version>-<table id>/."""

import shutil
import tempfile
from pathlib import Path

from spikebench.errors import BenchError
from spikebench.io.seals import SUFFIX
from spikebench.release.citation import citation
from spikebench.release.crate import FILE as CRATE
from spikebench.release.crate import crate
from spikebench.release.manifest import Manifest, names
from spikebench.report.results import TABLES, Results

# From the root of the checkout: what a run is repeated with
BESIDE = ("LICENSE", "environment.yml", "requirements/run.lock", "requirements/weights.lock")
TRUST = "results/backbones.parquet"
WORKFLOWS = shutil.ignore_patterns(".*", f"*{SUFFIX}")  # seals, and what Snakemake leaves behind
README = """# {title}

A release of SpikingIR Bench. `results/` holds its tables as Parquet, `report/` its pages, tables
and figures, `config.yaml` what was run, `run.lock` with which packages, `references.bib` the works
to cite.

`spikebench verify .` recomputes the table id and every hash, and says whether a number was changed.
"""


def freeze(
    results_folder: Path,
    report: Path,
    releases: Path,
    *,
    trust: Path | None = None,
    root: Path = Path(),
) -> Path:
    """Write a release of the run into `releases` and return its folder.

    `report` is the run's folder of pages, with tables/ and figures/; `trust` the trust table of the
    backbones, if its pages show one; `root` the checkout. The same run gives the same files. Raises
    `BenchError` where a part is missing, where rows were measured with changes that no commit has,
    and where a release of this name is there already and holds something else: what was published
    is never replaced.
    """
    results = Results.read(results_folder, trust)
    _refuse_uncommitted(results, results_folder)
    missing = [part for part in ("index.html", "tables", "figures") if not (report / part).exists()]
    if missing:
        raise BenchError(f"{report} lacks {', '.join(missing)}. Run snakemake --cores all all.")
    releases.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=releases, prefix=".release.") as temporary:
        folder = Path(temporary) / "new"
        _fill(folder, results_folder, report, root)
        if trust:
            _copy(trust, folder / TRUST)
        _describe(folder, results, root)
        run = results.run
        manifest = Manifest.of(
            folder, version=run["version"], run=run["run"], table_id=results.table_id
        )
        manifest.write(folder)
        return _settle(folder, releases / manifest.name, manifest)


def _refuse_uncommitted(results: Results, folder: Path) -> None:
    commits = results.images["git_commit"]
    dirty = results.images[commits.str.endswith("+dirty")]
    if len(dirty):
        cells = dirty[["dataset", "backbone", "method"]].drop_duplicates()
        first = ", ".join(cells.iloc[0])
        raise BenchError(
            f"{folder}/images.parquet: {len(dirty)} of {len(commits)} rows were measured at commit "
            f"{dirty['git_commit'].iloc[0]} ({first}{', ...' if len(cells) > 1 else ''}): sources "
            "had changes that nobody else can check out. Commit them and measure again: snakemake "
            f"--cores all release --configfile {results.run['run']}.yaml --forcerun evaluate"
        )


def _fill(folder: Path, tables: Path, report: Path, root: Path) -> None:
    folder.mkdir()
    optional = [n for n in ("training", "evaluators") if (tables / f"{n}.parquet").is_file()]
    for name in (*TABLES, "energy", "run", *optional):
        _copy(tables / f"{name}.parquet", folder / "results" / f"{name}.parquet")
    shutil.copytree(report, folder / "report", ignore=WORKFLOWS)
    for name in BESIDE:
        _copy(root / name, folder / Path(name).name)
    _copy(report / "tables" / "references.bib", folder / "references.bib")


def _describe(folder: Path, results: Results, root: Path) -> None:
    """Write the files about the release; the crate comes last, since it lists all others."""
    title = f"Run {results.run['run']}, table {results.table_id}"
    texts = {
        "config.yaml": results.configuration,
        "CITATION.cff": citation(results, root / "CITATION.cff"),
        "README.md": README.format(title=title),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / CRATE).write_text(crate(results, folder, names(folder)), encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise BenchError(f"There is no {source}, which a release holds. Finish the run first.")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _settle(folder: Path, target: Path, manifest: Manifest) -> Path:
    """Move the release to its place, unless the same one is there."""
    if not target.exists():
        folder.rename(target)
    elif Manifest.read(target) != manifest:
        old = Manifest.read(target)
        differing = sorted(n for n, h in manifest.files.items() if old.files.get(n) != h)
        raise BenchError(
            f"{target} is there already and differs in {', '.join(differing) or 'files it has'}. A "
            "release stays as it is: move it away, or give this one another version in "
            "spikebench/__init__.py."
        )
    return target
