"""CITATION.cff of a release: the data, and the software that made it."""

from pathlib import Path

import yaml

from spikebench.io.yaml import read_yaml
from spikebench.report.results import Results


def citation(results: Results, software: Path) -> str:
    """Return CITATION.cff (1.2.0) of the run's tables; `software` is the one of the benchmark."""
    about, run = read_yaml(software), results.run
    commit = run["git_commit"].split("+")[0]
    return yaml.safe_dump(
        {
            "cff-version": about["cff-version"],
            "message": "If you use these tables, please cite them by their id, and the works in "
            "references.bib.",
            "type": "dataset",
            "title": f"{about['title']}, run {run['run']}, table {results.table_id}",
            "version": f"{run['version']}-{results.table_id}",
            "date-released": run["created"][:10],
            **({} if commit == "unknown" else {"commit": commit}),
            "license": about["license"],
            "authors": about["authors"],
            "keywords": about["keywords"],
            "references": [
                {
                    "type": "software",
                    "title": about["title"],
                    "version": run["version"],
                    "authors": about["authors"],
                }
            ],
        },
        sort_keys=False,
        allow_unicode=True,
    )
