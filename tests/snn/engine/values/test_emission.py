"""What a site passes on is made of whole levels, whatever its neuron says of itself."""

from dataclasses import dataclass

import pytest
import torch

from spikebench.errors import BenchError
from spikebench.snn import Network
from spikebench.snn.engine.counting.counters import Counters
from spikebench.snn.engine.values.emission import Emission
from tests.snn.model.codes.codes import Unary
from tests.snn.nets import chain


@dataclass(frozen=True)
class Analogue(Unary):
    """Says that its number of levels is its input."""

    def quantise(self, whole):
        return whole * self.levels / self.theta


@dataclass(frozen=True)
class Understating(Unary):
    """Says that one event is enough."""

    def count(self, k):
        return k > 0


def sent_by(neuron, whole):
    network = Network.of(chain())
    site, counters = network.sites[0].name, Counters(network.graph)
    return Emission(counters).send(site, neuron, whole), counters


def test_values_between_levels_do_not_leave():
    whole = torch.tensor([0.26, 0.9, -0.4, 1.0]).view(1, 1, 2, 2)
    values, _ = sent_by(Analogue(torch.tensor(1.0), levels=4), whole)
    assert values.flatten().tolist() == [0.25, 0.75, -0.25, 1.0]


@pytest.mark.parametrize("value", [7.0, -7.0])
def test_a_number_that_has_no_code_is_refused(value):
    with pytest.raises(BenchError, match="of 4 levels would send 28 of them"):
        sent_by(Analogue(torch.tensor(1.0), levels=4), torch.full((1, 1, 2, 2), value))


def test_a_code_that_is_none_is_refused_before_anything_leaves():
    with pytest.raises(BenchError, match="Understating"):
        sent_by(Understating(torch.tensor(1.0), levels=4), torch.ones(1, 1, 2, 2))


def test_events_are_counted_at_their_neuron():
    whole = torch.tensor([[0.0, 0.5], [1.0, 0.25]]).view(1, 1, 2, 2).expand(1, 3, 2, 2)
    _, counters = sent_by(Unary(torch.tensor(1.0), levels=4), whole)
    (found,) = counters.spikes.compute().values()
    assert (found.events, found.total, found.neurons) == (21, 21, 12)
    assert found.spikes.flatten().tolist() == [0, 6, 12, 3]  # summed over channels
