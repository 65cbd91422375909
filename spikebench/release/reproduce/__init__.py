"""Random cells of a table computed again from its configuration, and compared to the bit."""

from spikebench.release.reproduce.evidence import check_ending, write_evidence
from spikebench.release.reproduce.reproduce import reproduce

__all__ = ["check_ending", "reproduce", "write_evidence"]
