"""Numbers of spikes and what they are worth."""

import pytest
import torch

from spikebench.snn.model.spikes.spikemap import SpikeMap, dense


@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
@pytest.mark.parametrize("kind", [torch.bool, torch.int8, torch.float32])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_values_are_numbers_times_theta(kind, dtype, layout):
    number = torch.randint(-3, 4, (2, 5, 4, 3), generator=torch.Generator().manual_seed(0))
    number = number.to(kind).contiguous(memory_format=layout)
    theta = torch.linspace(0.1, 0.7, 5, dtype=dtype).view(1, 5, 1, 1)
    values = SpikeMap(number, theta).values
    assert torch.equal(values, number.to(dtype) * theta)
    assert values.is_contiguous(memory_format=layout)


def test_one_threshold_serves_all_channels():
    number = torch.ones(1, 8, 2, 2, dtype=torch.int8).contiguous(memory_format=torch.channels_last)
    assert SpikeMap(number, torch.tensor(0.25)).values.eq(0.25).all()


def test_a_tensor_is_its_own_value():
    value = torch.rand(2, 3)
    assert dense(value) is value
    assert dense(SpikeMap(torch.ones(1), torch.tensor(2.0))).item() == 2.0
