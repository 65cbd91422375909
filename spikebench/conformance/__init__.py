"""Does a method file keep what the tables rely on? `spikebench check NAME`.

Every check is one function, run on networks of a few channels in which all that is linear in the
backbones occurs once: skips, concatenation, pixel shuffle, a sum without activation behind it.
"""

from spikebench.conformance.subject import Subject
from spikebench.conformance.suite import CHECKS, check_method, run_check
from spikebench.conformance.verdict import Result, Verdict

__all__ = ["CHECKS", "Result", "Subject", "Verdict", "check_method", "run_check"]
