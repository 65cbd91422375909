"""What every table says about itself: id, version, date, commit, protocol.

A run that was merged has rows of several commits. A line of one row names the commit of that row, a
line that compares rows those of its board, and what is of the whole run all of them. Several are
shortened to the digits that Git needs to find them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import pandas as pd

from spikebench.report.results import Results
from spikebench.report.tables.table import Table

AND = " and "  # between the commits of a run, see `Results.read`
FULL, SHORT = 40, 12  # digits of a commit; behind them may stand "+dirty"


@dataclass(frozen=True)
class Stamp:
    """Where the tables of a run come from; `spikebench.results.identity` defines `table_id`."""

    table_id: str
    version: str
    run: str
    created: str  # date and time, ISO 8601
    commit: str  # of all rows
    commits: Mapping[tuple[str, ...], str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, results: Results) -> Self:
        run = results.run
        return cls(
            results.table_id,
            run["version"],
            run["run"],
            run["created"],
            _words(run["git_commit"].split(AND)),
            _commits(results.images),
        )

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

    def commit_of(self, *place: str) -> str:
        """Return the commits of a board (data set, backbone) or of one of its rows (and label).

        Those of the whole run where nothing was measured there.
        """
        return self.commits.get(place, self.commit)

    def columns(self, protocol: str, *place: str) -> dict[str, str]:
        """Return the stamp as the first columns of a CSV file; for `place` see `commit_of`."""
        return {
            "table_id": self.table_id,
            "version": self.version,
            "date": self.date,
            "commit": self.commit_of(*place),
            "protocol": protocol,
        }


def _commits(images: pd.DataFrame) -> dict[tuple[str, ...], str]:
    """Return the commits of each board and of each of its rows, as words."""
    found: dict[tuple[str, ...], str] = {}
    for place in (["dataset", "backbone"], ["dataset", "backbone", "method"]):
        groups = images.groupby(place, observed=True)["git_commit"].unique()
        for *key, values in groups.reset_index().itertuples(index=False):
            found[tuple(key)] = _words(sorted(values))
    return found


def _words(commits: Sequence[str]) -> str:
    """Return one commit as it is, several short: 40 digits of each would be most of a table."""
    if len(commits) == 1:
        return commits[0]
    return AND.join(commit[:SHORT] + commit[FULL:] for commit in commits)
