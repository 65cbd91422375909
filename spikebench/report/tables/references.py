"""The works behind a run: those of its methods, backbones, data sets, prices and metrics."""

import re
from pathlib import Path

from spikebench.errors import BenchError
from spikebench.io.bibliography import FILE, Entry, parse, read_bibliography
from spikebench.report.results import Results
from spikebench.results.frames import records

# Metrics of images.parquet, where they were measured
METRICS = {"ssim": "wang2004ssim", "lpips": "zhang2018lpips"}
HEAD = "% The works behind table {id} of SpikingIR Bench"


def bibliography(results: Results, file: Path = FILE) -> str:
    """Return BibTeX of every work that the run rests on, sorted by key.

    What methods, backbones and data sets cite is taken from the run itself, which wrote it down;
    the works behind prices and metrics, and what a run lacks, from `file`. Raises `BenchError`
    where a key is in neither.
    """
    entries = read_bibliography(file)
    known = {entry.key: entry.text for entry in entries} | _written(results)
    wanted = sorted({*cited(results), *_priced(results, entries)})
    missing = [key for key in wanted if key not in known]
    if missing:
        raise BenchError(f"{file} has no entry {', '.join(missing)}, which the run cites. Add it.")
    head = HEAD.format(id=results.table_id)
    return "\n\n".join([head, *(known[key] for key in wanted)]) + "\n"


def cited(results: Results) -> set[str]:
    """Return the keys that methods, backbones, data sets and metrics of the run name."""
    keys = {work["citation"] for work in _described(results)} - {"none"}
    metrics = {key for name, key in METRICS.items() if results.images[name].notna().any()}
    return keys | metrics


def _written(results: Results) -> dict[str, str]:
    """Return the entries that the run holds, by key."""
    texts = "\n".join(work.get("bibtex", "") for work in _described(results))
    return {entry.key: entry.text for entry in parse(texts)}


def _described(results: Results) -> list[dict[str, str]]:
    return [
        *records(results.methods),
        *results.run["backbones"].values(),
        *results.run["datasets"].values(),
    ]


def _priced(results: Results, entries: list[Entry]) -> set[str]:
    """Return the keys of the works that the sources of the energy models name."""
    sources = " ".join(results.energy_models["source"])
    return {entry.key for entry in entries if _is_named(entry, sources)}


def _is_named(entry: Entry, text: str) -> bool:
    """Tell whether a text names the first author, and behind it the year or the arXiv number.

    The year may be the one of the key: proceedings appear later than they are held.
    """
    surname = re.escape(entry.fields["author"].split(",")[0].strip("{} "))
    dates = [entry.fields["year"], *re.findall(r"\d{4}", entry.key)]
    dates += re.findall(r"arxiv\.([\d.]+)", entry.fields["doi"], re.IGNORECASE)
    when = "|".join(map(re.escape, dates))
    return re.search(rf"\b{surname}\b[^;()]*?\b(?:{when})\b", text) is not None
