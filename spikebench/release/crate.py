"""RO-Crate metadata of a release: Process Run Crate 0.5 over RO-Crate 1.1.

https://www.researchobject.org/workflow-run-crate/profiles/process_run_crate/
"""

import json
import mimetypes
from pathlib import Path
from typing import Any

from spikebench.io.checksums import file_sha256
from spikebench.report.boards.trust import hashes
from spikebench.report.results import Results

FILE = "ro-crate-metadata.json"
CRATE = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
LICENCE = "https://spdx.org/licenses/MIT"
FORMATS = {
    ".parquet": "application/vnd.apache.parquet",
    ".md": "text/markdown",
    ".bib": "application/x-bibtex",
    ".tex": "application/x-tex",
    ".cff": "application/yaml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
KINDS = {"data set": "Dataset", "method": "SoftwareSourceCode", "weights": "Dataset"}


def crate(results: Results, folder: Path, names: list[str]) -> str:
    """Return ro-crate-metadata.json of a release whose files, relative to `folder`, are `names`."""
    run = results.run
    title = f"SpikingIR Bench, run {run['run']}, table {results.table_id}"
    used = _used(results)
    graph = [
        _entity(FILE, "CreativeWork", about=_ref("./"), conformsTo=_ref(CRATE)),
        _entity(
            "./",
            "Dataset",
            name=title,
            description="Tables, figures and pages of one run of ANN-to-SNN conversion in image "
            "restoration, with what it takes to check and to repeat them.",
            datePublished=run["created"],
            identifier=results.table_id,
            version=f"{run['version']}-{results.table_id}",
            license=_ref(LICENCE),
            author=_ref("#contributors"),
            publisher=_ref("#contributors"),
            conformsTo=_ref(PROFILE),
            hasPart=[_ref(name) for name in names],
            mentions=_ref("#run"),
        ),
        _entity(PROFILE, "CreativeWork", name="Process Run Crate", version="0.5"),
        _entity(LICENCE, "CreativeWork", name="MIT License"),
        _entity("#contributors", "Organization", name="The SpikingIR Bench contributors"),
        _entity(
            "#spikebench",
            "SoftwareApplication",
            name="SpikingIR Bench",
            softwareVersion=f"{run['version']}, commit {run['git_commit']}",
        ),
        _entity(
            "#run",
            "CreateAction",
            name=f"Run {run['run']}",
            instrument=_ref("#spikebench"),
            object=[_ref("config.yaml"), *(_ref(entity["@id"]) for entity in used)],
            result=[_ref(name) for name in names if name.endswith(".parquet")],
            endTime=run["created"],
            actionStatus=_ref("http://schema.org/CompletedActionStatus"),
        ),
        *used,
        *(_file(folder, name) for name in names),
    ]
    document = {"@context": f"{CRATE}/context", "@graph": graph}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _entity(identity: str, kind: str, **properties: Any) -> dict[str, Any]:
    return {"@id": identity, "@type": kind, **properties}


def _ref(name: str) -> dict[str, str]:
    return {"@id": name}


def _used(results: Results) -> list[dict[str, Any]]:
    """Return what went into the run: data sets, weights, method files, each with its hash."""
    return [
        _entity(f"#{kind.replace(' ', '-')}-{name}", KINDS[kind], name=name, sha256=digest)
        for kind, name, digest in hashes(results)
        if kind in KINDS
    ]


def _file(folder: Path, name: str) -> dict[str, Any]:
    file = folder / name
    kind = FORMATS.get(file.suffix) or mimetypes.guess_type(name)[0] or "text/plain"
    return _entity(
        name,
        "File",
        name=file.name,
        encodingFormat=kind,
        contentSize=str(file.stat().st_size),
        sha256=file_sha256(file),
    )
