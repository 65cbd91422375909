"""How many inputs are tried, and what became of them.

SPIKEBENCH_FUZZ is the number of inputs of each test; a few by default. Inputs are drawn from fixed
seeds, the same in every run.
"""

import os
from collections import Counter

from hypothesis import HealthCheck, settings

INPUTS = int(os.environ.get("SPIKEBENCH_FUZZ", "15"))
SECONDS = 120  # that one input may take; a loaded machine is slow, a hang is not
bounded = settings(
    max_examples=INPUTS,
    deadline=SECONDS * 1000,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
tally: Counter[tuple[str, str]] = Counter()  # of (what was read, "accepted" or "refused")
