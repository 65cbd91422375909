"""Digits against whole-number arithmetic: which leave, how many, and that they add up."""

import pytest
import torch

from spikebench.snn import BinaryDigits, SignedDigits, Step

BITS = 8


def words(neuron, numbers) -> torch.Tensor:
    """Return the events (steps, numbers) of whole numbers of levels."""
    state = neuron.start(numbers)
    steps = map(Step, range(1, neuron.window + 1))
    return torch.stack([neuron.step(state, numbers, step)[1].int() for step in steps])


@pytest.fixture
def numbers() -> torch.Tensor:
    return torch.arange(2**BITS, dtype=torch.float64)


def neuron_of(code, levels=2**BITS - 1, **options):
    return code(torch.tensor(float(levels)).double(), levels=levels, **options)


def test_binary_digits_are_those_that_python_prints(numbers):
    sent = words(neuron_of(BinaryDigits), numbers)
    printed = [[int(digit) for digit in f"{int(k):0{BITS}b}"] for k in numbers]
    assert sent.T.tolist() == printed


def test_signed_digits_are_the_non_adjacent_form(numbers):
    sent = words(neuron_of(SignedDigits), numbers)
    worth = torch.tensor([2 ** (BITS - place) for place in range(BITS + 1)])
    assert torch.equal((worth[:, None] * sent).sum(0).double(), numbers)
    assert not (sent[1:] * sent[:-1]).any()


def test_signed_digits_are_never_more_than_binary_ones(numbers):
    binary = words(neuron_of(BinaryDigits), numbers).abs().sum(0)
    signed = words(neuron_of(SignedDigits), numbers).abs().sum(0)
    assert (signed <= binary).all() and (signed < binary).any()
    assert signed.max() <= (BITS + 2) // 2


@pytest.mark.parametrize("code", [BinaryDigits, SignedDigits])
def test_the_counter_counts_what_leaves(code, numbers):
    neuron = neuron_of(code)
    assert torch.equal(neuron.count(numbers.int()).int(), words(neuron, numbers).abs().sum(0).int())


@pytest.mark.parametrize("code", [BinaryDigits, SignedDigits])
def test_a_number_and_its_opposite_have_opposite_digits(code, numbers):
    neuron = neuron_of(code, signed=True)
    assert torch.equal(words(neuron, -numbers), -words(neuron, numbers))


@pytest.mark.parametrize("code", [BinaryDigits, SignedDigits])
@pytest.mark.parametrize("levels", [5, 31, 32])
def test_larger_values_are_cut_at_the_largest_level(code, levels):
    neuron = neuron_of(code, levels)
    above = torch.tensor([levels + 0.4, levels + 1.0, 10.0 * levels], dtype=torch.float64)
    worth = torch.tensor([neuron.digit(t) for t in range(1, neuron.window + 1)])
    assert ((worth[:, None] * words(neuron, above)).sum(0) == levels).all()


def test_only_a_cut_that_digits_do_not_make_themselves_costs_an_operation():
    assert neuron_of(BinaryDigits, 31).cost.once == 0
    assert neuron_of(BinaryDigits, 32).cost.once == 1
