"""What all tests share: real data where it is at hand, and hypothesis that repeats itself."""

import os
from pathlib import Path

# Several test processes share the cores: one thread each, their child processes included. Before
# anything imports torch, which reads it once.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
import torch
from hypothesis import settings

# Examples are the same in every run, and a busy machine is no failure.
settings.register_profile("bench", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("bench")

# Whose tests take longest: begun last, they would leave the other processes with nothing to do.
FIRST = ("workflow/test_small_run.py", "workflow/test_reruns.py", "chaos/test_chaos.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the modules that take longest first; the others stay in their order."""
    place = {name: index for index, name in enumerate(FIRST)}
    tests = Path(__file__).parent
    items.sort(key=lambda item: place.get(item.path.relative_to(tests).as_posix(), len(FIRST)))


@pytest.fixture(autouse=True)
def same_random_weights() -> None:
    """A test draws the same networks and images whichever tests its process ran before."""
    torch.manual_seed(0)


@pytest.fixture
def mirror() -> str:
    """Return SPIKEBENCH_MIRROR; the test is skipped where it is not set."""
    place = os.environ.get("SPIKEBENCH_MIRROR")
    if not place:
        pytest.skip("needs the real data sets: set SPIKEBENCH_MIRROR to a folder or URL")
    return place
