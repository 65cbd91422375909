"""Tokens become maps and come back as they were."""

import pytest
import torch

from spikebench.snn.graph.tracing.maps import from_map, to_map


@pytest.mark.parametrize("shape", [(2, 5), (2, 7, 5), (2, 3, 4, 5), (2, 6, 3, 4, 5)], ids=str)
def test_channels_come_second_and_go_back_to_the_end(shape):
    tokens = torch.rand(shape)
    value = to_map(tokens)
    assert value.dim() == 4
    assert value.shape[1] == 5
    assert torch.equal(from_map(value, shape[:-1]), tokens)
