"""What every table says about itself: id, version, date, commit, protocol."""

from dataclasses import dataclass
from typing import Self

from spikebench.report.results import Results
from spikebench.report.tables.table import Table


@dataclass(frozen=True)
class Stamp:
    """Where the tables of a run come from; `spikebench.results.identity` defines `table_id`."""

    table_id: str
    version: str
    run: str
    created: str  # date and time, ISO 8601
    commit: str

    @classmethod
    def of(cls, results: Results) -> Self:
        run = results.run
        return cls(results.table_id, run["version"], run["run"], run["created"], run["git_commit"])

    @property
    def date(self) -> str:
        return self.created[:10]

    def lines(self, tables: list[Table]) -> list[str]:
        """Return the stamp in words, for comments in Markdown and LaTeX."""
        protocols = dict.fromkeys(table.protocol for table in tables if table.protocol)
        return [
            f"SpikingIR Bench, table {self.table_id}",
            f"version {self.version}, run {self.run}, {self.date}, commit {self.commit}",
            *([f"protocol {', '.join(protocols)}"] if protocols else []),
        ]

    def columns(self, protocol: str) -> dict[str, str]:
        """Return the stamp as the first columns of a CSV file."""
        return {
            "table_id": self.table_id,
            "version": self.version,
            "date": self.date,
            "commit": self.commit,
            "protocol": protocol,
        }
