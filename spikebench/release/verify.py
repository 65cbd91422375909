"""Recompute what a release says of itself: its id, its hashes, and each table from the counts."""

import zlib
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from spikebench.analysis.leaderboard import leaderboard
from spikebench.analysis.prices import prices
from spikebench.energy import find_models
from spikebench.energy.models import is_file
from spikebench.energy.price import price
from spikebench.errors import BenchError
from spikebench.io.checksums import file_sha256
from spikebench.release.differences import in_csv, in_frames, in_lines
from spikebench.release.digests import digests, where
from spikebench.release.freeze import TRUST
from spikebench.release.manifest import FILE, Manifest, names, writer
from spikebench.report.boards.of_results import boards
from spikebench.report.results import Results
from spikebench.report.tables.write import DATA, data, read, texts
from spikebench.results.identity import table_id

TABLES = "report/tables"
PRICES = "results/prices.parquet"


@dataclass
class Verdict:
    """What was found: `changed` says what is not as it was, file by file; `notes` what was not
    looked at. A release is sound where nothing was changed."""

    name: str
    changed: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.changed

    def add(self, file: str, *reasons: str) -> None:
        if reasons:
            self.changed.setdefault(file, []).extend(reasons)

    def lines(self) -> list[str]:
        """Return the verdict in words, a line for each changed file."""
        said = [f"{file}: {'; '.join(reasons)}." for file, reasons in self.changed.items()]
        files = "1 file was" if len(said) == 1 else f"{len(said)} files were"
        last = f"{files} changed." if said else "Not a single number was changed."
        return [*said, *self.notes, f"{self.name}: {last}"]


def verify(folder: Path) -> Verdict:
    """Check a release; see `Verdict`. Raises `BenchError` where `folder` holds no release."""
    manifest = Manifest.read(folder)
    verdict = Verdict(manifest.name)
    _check_files(folder, manifest, verdict)
    tables = _read_tables(folder, manifest, verdict)
    _check_digests(tables, manifest, verdict)
    _check_id(tables, manifest, verdict)
    if len(tables) == len(manifest.tables):
        _check_texts(folder, manifest, verdict)
    return verdict


def _check_files(folder: Path, manifest: Manifest, verdict: Verdict) -> None:
    there = names(folder)
    for name, stated in manifest.files.items():
        if name not in there:
            verdict.add(name, "is missing")
        elif file_sha256(folder / name) != stated:
            verdict.add(name, f"is not the file that {FILE} names by its SHA-256")
    for name in there:
        if name not in manifest.files:
            verdict.add(name, "is no part of the release")


def _read_tables(folder: Path, manifest: Manifest, verdict: Verdict) -> dict[str, pa.Table]:
    tables = {}
    for name in manifest.tables:
        try:
            tables[name] = pq.read_table(folder / name)
        except FileNotFoundError:
            continue  # said already
        except (pa.ArrowInvalid, OSError) as error:
            verdict.add(name, f"cannot be read ({str(error).splitlines()[0]})")
    return tables


def _check_digests(tables: dict[str, pa.Table], manifest: Manifest, verdict: Verdict) -> None:
    for name, table in tables.items():
        place = where(manifest.tables[name], digests(table))
        if place:
            verdict.add(name, f"values were changed: {place}")


def _check_id(tables: dict[str, pa.Table], manifest: Manifest, verdict: Verdict) -> None:
    images = tables.get("results/images.parquet")
    if images is not None and (found := table_id(images)) != manifest.table_id:
        verdict.add("results/images.parquet", f"its table id is {found}, not {manifest.table_id}")


def _check_texts(folder: Path, manifest: Manifest, verdict: Verdict) -> None:
    """Write each table again from the Parquet files, and price and rank again."""
    if PRICES not in manifest.files:
        verdict.notes.append(
            "Frozen by a version of spikebench whose leaderboard held the prices: the tables were "
            "checked by their hashes, and not written again."
        )
        return
    trust = folder / TRUST
    try:
        results = Results.read(folder / "results", trust if trust.is_file() else None)
    except (BenchError, ValueError, KeyError) as error:
        verdict.notes.append(f"The tables could not be written again: {error}")
        return
    if manifest.writer == writer():
        _check_derived(folder / "results", results, verdict)
        expected = texts(results, boards(results))
    else:
        expected = data(results)
        verdict.notes.append(
            "Written by another version of spikebench: of the tables, only those with every row "
            f"were written again ({', '.join(DATA)}); the others were checked by their hashes."
        )
    for name, text in expected:
        _check_text(folder / TABLES / name, text, verdict)


def _check_text(file: Path, text: str, verdict: Verdict) -> None:
    """Compare a table file with the text that it should hold; one that is missing was named.

    Releases of before tables were compressed have it under the name without .gz.
    """
    if not file.is_file() and file.suffix == ".gz":
        file = file.with_suffix("")
    if not file.is_file():
        return
    name = f"{TABLES}/{file.name}"
    try:
        found = read(file)
    except (OSError, EOFError, zlib.error) as error:
        verdict.add(name, f"cannot be read ({error})")
        return
    if found != text:
        differ = in_csv if name.endswith((".csv", ".csv.gz")) else in_lines
        verdict.add(name, *differ(found, text))


def _check_derived(folder: Path, results: Results, verdict: Verdict) -> None:
    """Price the counts and rank the rows again."""
    entries = results.energy_models["entry"].tolist()
    energy = pd.read_parquet(folder / "energy.parquet")
    own = [entry for entry in entries if is_file(entry)]
    if own:
        verdict.notes.append(f"Not priced again, for want of {', '.join(own)}.")
    else:
        priced = price(results.images, results.layers, find_models(entries))
        verdict.add("results/energy.parquet", *in_frames(energy, priced))
    averaged = prices(energy)
    verdict.add("results/prices.parquet", *in_frames(results.prices, averaged))
    ranked = leaderboard(results.images, results.layers, averaged)
    verdict.add("results/leaderboard.parquet", *in_frames(results.leaderboard, ranked))
