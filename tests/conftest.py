"""What all tests share: real data where it is at hand, and hypothesis that repeats itself."""

import os

# Several test processes share the cores: one thread each, their child processes included. Before
# anything imports torch, which reads it once.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import settings

# Examples are the same in every run, and a busy machine is no failure.
settings.register_profile("bench", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("bench")


@pytest.fixture
def mirror() -> str:
    """Return SPIKEBENCH_MIRROR; the test is skipped where it is not set."""
    place = os.environ.get("SPIKEBENCH_MIRROR")
    if not place:
        pytest.skip("needs the real data sets: set SPIKEBENCH_MIRROR to a folder or URL")
    return place
