"""Counts in one pass against the audit, which counts with PyTorch."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.snn.kernels import census, library
from spikebench.snn.model.spikes.audit import audit, count
from spikebench.spike_kinds import SpikeKind

pytestmark = pytest.mark.skipif(not library.available(), reason="the kernels were not compiled")


@given(
    most=st.integers(0, 5),
    quarter=st.booleans(),
    digits=st.sampled_from(["binary", "signed"]),
    channels=st.sampled_from([1, 3, 8, 300]),
    layout=st.sampled_from([torch.channels_last, torch.contiguous_format]),
    seed=st.integers(0, 50),
)
def test_counts_equal_the_audit(most, quarter, digits, channels, layout, seed):
    random = torch.Generator().manual_seed(seed)
    number = torch.randint(-most, most + 1, (2, channels, 5, 3), generator=random)
    number = number / 4 if quarter else number.to(torch.int8)
    number = number.contiguous(memory_format=layout)
    counts = torch.zeros_like(number, dtype=torch.int16)
    sums = torch.ones(2, 1, 5, 3, dtype=torch.int32)
    expected_kind, multiplicity = audit(number, digits)
    for found in (counts, sums):
        assert count(number, found, digits) == (expected_kind, torch.count_nonzero(number))
    assert torch.equal(counts, multiplicity.to(torch.int16))
    assert torch.equal(sums, 1 + multiplicity.sum(dim=1, keepdim=True).to(torch.int32))


def test_numbers_of_too_many_digits_count_as_analogue():
    number, counts = torch.full((1, 1, 2, 2), 1 / 3), torch.zeros(1, 1, 2, 2, dtype=torch.int16)
    assert census.count_digits(number, counts, signed=False, most=8) is None
    assert count(number, counts) == (SpikeKind.ANALOGUE, 4)
    assert counts.eq(1).all()


def test_maps_of_different_layout_are_counted_by_pytorch():
    number = torch.ones(1, 2, 3, 3, dtype=torch.int8)
    counts = torch.zeros(1, 2, 3, 3, dtype=torch.int16).to(memory_format=torch.channels_last)
    assert census.count(number, counts) is None
    assert count(number, counts) == (SpikeKind.BINARY, 18)
    assert counts.eq(1).all()
