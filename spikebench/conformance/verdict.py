"""What a check may say."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a check ended; only `FAILED` keeps a method out of a table."""

    OK = "ok"
    FAILED = "failed"
    NOT_APPLICABLE = "not applicable"
    REFUSED = "refused"


@dataclass(frozen=True)
class Result:
    """One line of the report. `message` may be empty where the verdict is ok."""

    check: str
    verdict: Verdict
    message: str = ""

    def __str__(self) -> str:
        return f"{self.check:<24}{self.verdict:<16}{self.message}".rstrip()


class Objection(Exception):
    """Raised by a check that does not pass; the message says what to do."""

    verdict = Verdict.FAILED


class NotApplicable(Objection):
    """The check says nothing about this method; the message says why."""

    verdict = Verdict.NOT_APPLICABLE


class Refused(Objection):
    """The method does not convert this network and says so itself."""

    verdict = Verdict.REFUSED
