import pytest
from torch import Tensor

from spikebench.snn.engine.counters import Tally
from spikebench.snn.model.spikes import Digits
from tests.snn.conftest import one_thread, same_random_weights

__all__ = ["one_thread", "same_random_weights"]


@pytest.fixture
def sent(monkeypatch) -> list[Tensor]:
    """Return a list that receives every tensor of spike numbers that a simulation counts."""
    numbers, add = [], Tally.add

    def listen(tally: Tally, site: str, number: Tensor, digits: Digits) -> int:
        numbers.append(number.double())
        return add(tally, site, number, digits)

    monkeypatch.setattr(Tally, "add", listen)
    return numbers
