"""The audit: what would be more than one bit worth what its step says is refused."""

from dataclasses import dataclass

import pytest
import torch

from spikebench.errors import BenchError
from spikebench.snn import BinaryDigits, SignedDigits
from spikebench.snn.model.codes.codebook import Codebook
from spikebench.spike_kinds import SpikeKind
from tests.snn.model.codes.codes import CODES, Unary


@dataclass(frozen=True)
class Smuggler(BinaryDigits):
    """Sends its whole value in the first step, as one event."""

    def fire(self, u, state, step):
        return u.floor() if step.time == 1 else torch.zeros_like(u)

    def digit(self, time):
        return 1


@dataclass(frozen=True)
class Several(Unary):
    """Sends up to two events in a step."""

    def fire(self, u, state, step):
        return u.floor().clamp(0, 2).to(torch.int8)


@dataclass(frozen=True)
class OffByOne(Unary):
    """Its last level never leaves."""

    def fire(self, u, state, step):
        return u >= 2


@dataclass(frozen=True)
class Miscounting(Unary):
    """Says that one event is enough."""

    def count(self, k):
        return k > 0


@dataclass(frozen=True)
class OwnWorth(BinaryDigits):
    """An event is worth what a tensor says."""

    def digit(self, time):
        return torch.tensor(2 ** (self.window - time))


CHEATS = [
    (Smuggler, "an event of a code is 0 or 1"),
    (Several, "an event of a code is 0 or 1"),
    (OffByOne, "the events of 1 levels add up to 0, not 1"),
    (Miscounting, "the events of 2 levels are 2, not 1"),
    (OwnWorth, "expected positive whole numbers"),
]


@pytest.mark.parametrize(("cheat", "message"), CHEATS)
def test_what_is_no_code_of_one_bit_is_refused(cheat, message):
    with pytest.raises(BenchError, match=f"{cheat.__name__}.*{message}"):
        Codebook.of(cheat(torch.tensor(1.0), levels=7))


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("options", [{}, {"signed": True}, {"nearest": False}])
def test_codes_pass_whatever_their_threshold(code, options):
    book = Codebook.of(code(torch.tensor([0.3, 7.0]).view(1, 2, 1, 1), levels=13, **options))
    assert book.events.shape == (len(book.digits), 14)


KINDS = [
    (Unary, 0, 7, SpikeKind.BINARY),
    (Unary, -1, 7, SpikeKind.SIGNED),
    (BinaryDigits, 0, 7, SpikeKind.TIMED),
    (BinaryDigits, 0, 1, SpikeKind.BINARY),  # one step of the window is all that is used
    (BinaryDigits, -2, 1, SpikeKind.SIGNED),
    (SignedDigits, 0, 7, SpikeKind.SIGNED),
    (SignedDigits, 0, 2, SpikeKind.TIMED),
]


@pytest.mark.parametrize(("code", "least", "most", "kind"), KINDS)
def test_the_kind_is_that_of_the_events_that_are_sent(code, least, most, kind):
    assert Codebook.of(code(torch.tensor(1.0), levels=7)).kind(least, most) is kind


def test_steps_in_another_order_say_something_else_where_time_carries_the_value():
    numbers = torch.arange(8)
    for code, kept in ((Unary, True), (BinaryDigits, False)):
        book = Codebook.of(code(torch.tensor(1.0), levels=7))
        worth = torch.tensor(book.digits)
        read = (worth[:, None] * book.events.flip(0)).sum(0)
        assert torch.equal(read, numbers) is kept
