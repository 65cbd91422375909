"""The method whose parts a run tries, alone and together: what its rows turn on and off.

A switch is a boolean option that a row of the run turns. The file with the most switches is the one
that the page takes apart; a part is a switch that some row turns alone, or any if none does.
"""

import json
from dataclasses import dataclass
from typing import Any

import pandas as pd

from spikebench.results.frames import records

FEWEST = 2  # switches of a file that is taken apart
ACRONYM = 4  # letters; a longer name of an option is a word


@dataclass(frozen=True)
class Method:
    """A method file that a run takes apart: its title, the label of its plain row, its switches.

    `parts` and `others` map the switches to their defaults, `parts` those that a row turns alone.
    """

    source: str
    title: str
    label: str
    parts: dict[str, bool]
    others: dict[str, bool]

    @property
    def switches(self) -> dict[str, bool]:
        return self.parts | self.others


def taken_apart(methods: pd.DataFrame) -> Method | None:
    """Return the file of methods.parquet whose rows turn the most switches; None without one.

    Of equally many the first in the configuration. Fewer than `FEWEST` switches are no ablation.
    """
    found = [_method(records(rows)) for _, rows in methods.groupby("source", sort=False)]
    apart = [m for m in found if len(m.switches) >= FEWEST]
    return max(apart, key=lambda method: len(method.switches), default=None)


def part_word(option: str) -> str:
    """Return how a part is called: a short option is an acronym, such as MPRN."""
    return option.upper() if len(option) <= ACRONYM else option.replace("_", " ")


def _method(rows: list[dict[str, Any]]) -> Method:
    """Describe a file from its rows: which boolean options they turn, alone or with others."""
    given = [(json.loads(row["options"]), json.loads(row["settings"])) for row in rows]
    defaults = {
        name: next((settings[name] for options, settings in given if name not in options), True)
        for name, value in given[0][1].items()
        if isinstance(value, bool)
    }
    turned = [
        {name for name in options if settings[name] != defaults[name]}
        for options, settings in given
        if options.keys() <= defaults.keys()
    ]
    switches = {name: on for name, on in defaults.items() if any(name in t for t in turned)}
    parts = {name: on for name, on in switches.items() if {name} in turned} or switches
    plain = next(
        (row for row, (options, _) in zip(rows, given, strict=True) if not options), rows[0]
    )
    return Method(
        source=rows[0]["source"],
        title=plain["title"].split(" (")[0],
        label=plain["method"],
        parts=parts,
        others={name: on for name, on in switches.items() if name not in parts},
    )
