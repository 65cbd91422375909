"""What is counted where it lies is what `audit.count` counts on the host."""

import pytest
import torch

from spikebench.snn.model.spikes.audit import count
from spikebench.snn.model.spikes.tally import tally
from spikebench.spike_kinds import SpikeKind

NUMBERS = {
    "silent": torch.zeros(2, 3, 4, 5, dtype=torch.int8),
    "binary": torch.arange(120).view(2, 3, 4, 5) % 3 == 0,
    "whole": (torch.arange(120).view(2, 3, 4, 5) % 2).to(torch.int8),
    "signed": (torch.arange(120).view(2, 3, 4, 5) % 3 - 1).to(torch.int8),
    "burst": (torch.arange(120).view(2, 3, 4, 5) % 7).to(torch.int8),
    "taken back": (torch.arange(120).view(2, 3, 4, 5) % 7 - 6).to(torch.int8),
    "graded": (torch.arange(120).view(2, 3, 4, 5) % 15 - 7) / 8,
    "analogue": torch.arange(120).view(2, 3, 4, 5) / 7,
    "double": torch.arange(120, dtype=torch.float64).view(2, 3, 4, 5) / 16,
}


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("digits", ["binary", "signed"])
@pytest.mark.parametrize("summed", [False, True])
def test_it_finds_what_the_host_finds(name, digits, summed):
    number = NUMBERS[name]
    shape, dtype = ((2, 1, 4, 5), torch.int32) if summed else (number.shape, torch.int16)
    expected, found = torch.ones(shape, dtype=dtype), torch.ones(shape, dtype=dtype)
    images = zip(number.split(1), expected.split(1), strict=True)
    told = [count(of_image, counts, digits) for of_image, counts in images]
    assert tally(number, found, digits).tolist() == [[events, kind] for kind, events in told]
    assert torch.equal(found, expected)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("summed", [False, True])
def test_several_steps_at_once_are_what_they_are_one_after_the_other(name, summed):
    steps = [NUMBERS[name], NUMBERS[name].flip(-1), torch.zeros_like(NUMBERS[name])]
    shape, dtype = ((2, 1, 4, 5), torch.int32) if summed else (steps[0].shape, torch.int16)
    expected, found = torch.ones(shape, dtype=dtype), torch.ones(shape, dtype=dtype)
    each = torch.stack([tally(number, expected) for number in steps])  # (steps, images, 2)
    together = tally(torch.cat(steps), found, steps=len(steps))
    assert torch.equal(found, expected)
    assert torch.equal(together[:, 0], each[..., 0].sum(0))
    assert torch.equal(together[:, 1], each[..., 1].amax(0))


def test_binary_spikes_whose_step_tells_their_worth_are_timed():
    counts = torch.zeros(2, 3, 4, 5, dtype=torch.int16)
    for name, kind in (("binary", SpikeKind.TIMED), ("burst", SpikeKind.BURST)):
        assert tally(NUMBERS[name], counts, timed=True)[:, 1].tolist() == [kind, kind]


@pytest.mark.parametrize("faithful", [True, False])
def test_values_that_are_not_what_was_counted_are_analogue(faithful):
    number, counts = NUMBERS["burst"], torch.zeros(2, 3, 4, 5, dtype=torch.int16)
    values = torch.zeros(2, 3, 4, 5)
    values[0, 0, 0, :2] = 0.3
    found = tally(number, counts, values=values, faithful=torch.tensor(faithful))
    sent = (number != 0).flatten(1).sum(1).tolist() if faithful else [2, 0]
    kind = SpikeKind.BURST if faithful else SpikeKind.ANALOGUE
    assert found.tolist() == [[sent[0], kind], [sent[1], kind]]
    assert counts.sum() == (number.sum() if faithful else 2)
