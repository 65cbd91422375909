"""Which evaluators were shown to give the same numbers, so that their rows stand in one table."""

from spikebench.results.columns.field import Field, Table

REPORT = "spikebench reproduce: the report that merge was given"


def _text(name: str, meaning: str) -> Field:
    return Field(name=name, kind="text", meaning=meaning, source=REPORT)


EVALUATORS = Table(
    "evaluators",
    "two evaluators that gave equal numbers; the file is there where a merged run needs it",
    keys=("one", "other"),
    fields=(
        _text("one", "Hash of the evaluator that measured the table, 64 hex digits."),
        _text("other", "Hash of the one that computed random cells of it again, 64 hex digits."),
        _text("table", "Id of that table, 12 hex digits."),
        Field(
            name="cells",
            kind="whole",
            meaning="Random cells that were computed again, all equal in every stable column.",
            source=REPORT,
        ),
        _text("date", "When, ISO 8601."),
    ),
)
