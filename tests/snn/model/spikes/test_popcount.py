"""Ones in binary numbers, counted in either way."""

import pytest
import torch

from spikebench.snn.model.spikes.popcount import ones
from tests.impostor import device, lent


@pytest.mark.parametrize(("dtype", "bits"), [(torch.int32, 31), (torch.int64, 63)])
def test_ones_are_those_of_python(dtype, bits):
    random = torch.Generator().manual_seed(0)
    edges = [0, 1, 2**bits - 1, 2 ** (bits - 1)]
    drawn = torch.randint(2**bits - 1, (2000,), generator=random).tolist()
    number = torch.tensor(edges + drawn, dtype=dtype)
    expected = [value.bit_count() for value in number.tolist()]
    assert ones(number).tolist() == expected
    with lent() as there:
        found = ones(number.to(device()))
        assert not there.reads and found.device == device()
        assert found.dtype == torch.uint8 and found.cpu().tolist() == expected
