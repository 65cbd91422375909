"""The works behind a run: those of its methods, backbones, data sets, prices and metrics."""

import re
from pathlib import Path

from spikebench.bibliography import FILE, Entry, read_bibliography
from spikebench.errors import BenchError
from spikebench.report.results import Results

# Metrics of images.parquet, where they were measured
METRICS = {"ssim": "wang2004ssim", "lpips": "zhang2018lpips"}
HEAD = "% The works behind table {id} of SpikingIR Bench"


def bibliography(results: Results, file: Path = FILE) -> str:
    """Return BibTeX of every work that the run rests on, taken from `file` in its order.

    Raises `BenchError` where a method, backbone or data set names a key that `file` lacks.
    """
    entries = read_bibliography(file)
    wanted = {*cited(results), *_priced(results, entries)}
    missing = sorted(wanted - {entry.key for entry in entries})
    if missing:
        raise BenchError(f"{file} has no entry {', '.join(missing)}, which the run cites. Add it.")
    texts = [entry.text for entry in entries if entry.key in wanted]
    return "\n\n".join([HEAD.format(id=results.table_id), *texts]) + "\n"


def cited(results: Results) -> set[str]:
    """Return the keys that methods, backbones, data sets and metrics of the run name."""
    described = [*results.run["datasets"].values(), *results.run["backbones"].values()]
    keys = {*results.methods["citation"], *(entry["citation"] for entry in described)}
    metrics = {key for name, key in METRICS.items() if results.images[name].notna().any()}
    return (keys - {"none"}) | metrics


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
