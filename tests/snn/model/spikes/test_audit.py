"""What a tensor of spike numbers is, is read from the numbers."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.errors import BenchError
from spikebench.snn.model.spikes.audit import audit
from spikebench.spike_kinds import SpikeKind


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [
        ([0, 0], SpikeKind.BINARY),
        ([0, 1], SpikeKind.BINARY),
        ([-1, 0], SpikeKind.SIGNED),
        ([-1, 1], SpikeKind.SIGNED),
        ([0, 2], SpikeKind.BURST),
        ([-2, 1], SpikeKind.BURST),
    ],
)
def test_whole_numbers_are_classified_by_their_range(numbers, kind):
    found, multiplicity = audit(torch.tensor(numbers, dtype=torch.int8))
    assert found is kind
    assert multiplicity.tolist() == [abs(number) for number in numbers]


def test_a_boolean_is_a_binary_spike():
    kind, multiplicity = audit(torch.tensor([True, False]))
    assert kind is SpikeKind.BINARY
    assert multiplicity.tolist() == [1, 0]


@given(
    st.lists(st.tuples(st.integers(-255, 255), st.integers(0, 6)), min_size=1, max_size=6),
    st.sampled_from([torch.float32, torch.float64]),
)
def test_a_graded_spike_counts_its_binary_digits(numbers, dtype):
    values = torch.tensor([n / 2**k for n, k in numbers], dtype=dtype)
    kind, multiplicity = audit(values)
    assert kind is SpikeKind.GRADED
    assert multiplicity.tolist() == [bin(abs(n)).count("1") for n, _ in numbers]


def fewest_powers(limit: int, most: int) -> dict[int, int]:
    """Return how many powers of two of either sign it takes to sum up to 0 .. limit, by search."""
    powers = [sign * 2**k for k in range(limit.bit_length() + 1) for sign in (1, -1)]
    found = reached = {0}
    fewest = {0: 0}
    for count in range(1, most + 1):
        reached = {value + power for value in reached for power in powers} - found
        found = found | reached
        fewest |= dict.fromkeys(reached, count)
    return {value: fewest[value] for value in range(limit + 1)}


FEWEST = fewest_powers(255, 5)


@given(
    st.lists(st.tuples(st.integers(-255, 255), st.integers(-3, 9)), min_size=1, max_size=6),
    st.sampled_from([torch.float32, torch.float64]),
)
def test_signed_digits_are_the_fewest_powers_of_two_that_sum_up_to_a_graded_spike(numbers, dtype):
    values = torch.tensor([n / 2**k for n, k in numbers], dtype=dtype)
    kind, multiplicity = audit(values, "signed")
    assert kind is SpikeKind.GRADED
    assert multiplicity.tolist() == [FEWEST[abs(n)] for n, _ in numbers]


@given(st.integers(0, 2**16))
def test_signed_digits_are_the_places_in_which_n_and_3n_differ(n):
    assert audit(torch.tensor([float(n)]), "signed")[1].item() == (n ^ 3 * n).bit_count()


@pytest.mark.parametrize("number", [True, 3, -1])
def test_digits_matter_to_graded_spikes_alone(number):
    for digits in ("binary", "signed"):
        kind, multiplicity = audit(torch.tensor([number]), digits)
        assert kind < SpikeKind.GRADED
        assert multiplicity.item() == abs(number)


def test_other_digits_are_refused():
    with pytest.raises(BenchError, match=r"'ternary' digits; expected one of \('binary', 'signed'"):
        audit(torch.tensor([0.5]), "ternary")


@pytest.mark.parametrize("number", [0.1, 1 / 3, 511.0, 511 / 64])
def test_a_number_of_more_than_eight_digits_is_analogue_and_one_event(number):
    kind, multiplicity = audit(torch.tensor([0.0, number, -0.5]))
    assert kind is SpikeKind.ANALOGUE
    assert multiplicity.tolist() == [0, 1, 1]


def test_alphabets_are_ordered_from_the_poorest_to_the_richest():
    names = ["NONE", "BINARY", "TIMED", "SIGNED", "BURST", "GRADED", "ANALOGUE"]
    assert [kind.name for kind in sorted(SpikeKind)] == names
