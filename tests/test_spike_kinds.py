"""The kinds of spikes: their order, their words, and that what is said of each fits the audit."""

import pytest

from spikebench.snn.model.spikes.audit import MOST_DIGITS, MOST_SPIKES_A_STEP
from spikebench.spike_kinds import SpikeKind

# label: (payload bits, most in a step, sign, shift, digits at T = 1), from docs/energy.md
STATED = {
    "none": (0, 0, False, False, False),
    "binary": (1, 1, False, False, False),
    "timed": (1, 1, False, False, False),
    "signed": (2, 1, True, False, False),
    "burst": (8, 127, True, False, True),
    "graded": (9, 8, True, True, True),
    "analogue": (0, None, True, False, False),
}


def test_the_kinds_go_from_the_poorest_to_the_richest():
    assert [kind.label for kind in sorted(SpikeKind)] == list(STATED)
    assert [int(kind) for kind in SpikeKind] == list(range(len(STATED)))


@pytest.mark.parametrize(("label", "stated"), STATED.items())
def test_each_kind_is_what_the_documentation_says(label, stated):
    traits = SpikeKind.of(label).traits
    found = (traits.payload_bits, traits.most, traits.sign, traits.shift, traits.digits)
    assert found == stated


def test_a_kind_is_found_by_its_number_and_its_word():
    assert all(SpikeKind(int(kind)) is SpikeKind.of(kind.label) is kind for kind in SpikeKind)
    with pytest.raises(KeyError):
        SpikeKind.of("ternary")


def test_what_cannot_be_more_is_what_the_audit_lets_through():
    assert SpikeKind.BURST.traits.most == MOST_SPIKES_A_STEP
    assert SpikeKind.GRADED.traits.most == MOST_DIGITS
    assert 2 ** (SpikeKind.BURST.traits.payload_bits - 1) > MOST_SPIKES_A_STEP
    assert SpikeKind.GRADED.traits.payload_bits == MOST_DIGITS + 1


def test_only_spikes_are_sent():
    assert [kind.label for kind in SpikeKind if kind.sends] == list(STATED)[1:-1]


def test_only_one_kind_is_worth_what_its_step_says():
    assert [kind for kind in SpikeKind if kind.traits.timed] == [SpikeKind.TIMED]
