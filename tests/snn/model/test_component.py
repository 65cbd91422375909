"""Parts are written by class name and plain values, and built again from them."""

import dataclasses

import pytest
import torch

from spikebench.errors import BenchError
from spikebench.snn import IF, Burst, DelayedMean, MultiThreshold, PixelMap, Relay, SignedIF
from spikebench.snn.model.component import Component
from spikebench.snn.toolbox.reuse import ReuseAfterwards

THETA = torch.tensor([0.5, 2.0]).view(1, 2, 1, 1)
PARTS = [
    IF(THETA, initial=THETA / 2, hard_reset=True),
    Burst(THETA, cap=3),
    SignedIF(THETA, initial=0.25),
    Relay(THETA),
    MultiThreshold(THETA, levels=2),
    DelayedMean(start=2),
    ReuseAfterwards(),
    PixelMap(torch.ones(1, 2, 2, 3, 3), torch.zeros(1, 2), [4]),
]
by_name = pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)


@by_name
def test_a_part_survives_being_written_and_read(part):
    values, tensors = part.to_record()
    again = Component.from_record(values, tensors)
    assert type(again) is type(part)
    for item in dataclasses.fields(part):
        mine, other = getattr(part, item.name), getattr(again, item.name)
        assert torch.equal(mine, other) if isinstance(mine, torch.Tensor) else mine == other


@by_name
def test_tensors_and_plain_values_are_kept_apart(part):
    values, tensors = part.to_record()
    assert not any(isinstance(value, torch.Tensor) for value in values.values())
    assert all(isinstance(value, torch.Tensor) for value in tensors.values())
    assert values["class"] == type(part).__name__


@by_name
def test_a_change_of_dtype_is_a_copy(part):
    doubled = part.to(torch.float64)
    assert all(value.dtype is torch.float64 for value in doubled.to_record()[1].values())
    assert all(value.dtype is torch.float32 for value in part.to_record()[1].values())
    assert doubled.to_record()[0] == part.to_record()[0]


def test_a_class_that_nobody_defined_is_refused():
    with pytest.raises(BenchError, match=r"holds a 'Leaky'.*Load the method file that defines it"):
        Component.from_record({"class": "Leaky"}, {})
