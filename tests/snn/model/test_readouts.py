import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from spikebench.errors import BenchError
from spikebench.snn import DelayedMean, Mean, PixelMap, Step
from spikebench.snn.model.readouts import readout, sum_into
from spikebench.snn.model.spikes.spikemap import SpikeMap


@given(st.integers(0, 6), st.integers(1, 12))
def test_the_weights_of_the_steps_sum_to_the_total(start, beyond):
    decoder, steps = DelayedMean(start=start), start + beyond
    assert sum(decoder.weight(Step(t)) for t in range(1, steps + 1)) == decoder.total(steps)
    assert Mean().total(steps) == sum(Mean().weight(Step(t)) for t in range(steps))


@pytest.mark.parametrize("timesteps", [1, 3])
def test_a_delay_that_leaves_nothing_to_average_is_refused(timesteps):
    with pytest.raises(BenchError, match=rf"nothing to average at T={timesteps}.*above 3"):
        DelayedMean(start=3).total(timesteps)


def test_a_config_names_its_readout():
    assert readout("mean") == Mean()
    assert readout({"delayed": 2}) == DelayedMean(start=2)


@pytest.mark.parametrize("option", ["median", {"late": 2}, {"delayed": 2, "late": 1}, 3])
def test_an_unknown_readout_is_refused(option):
    with pytest.raises(BenchError, match="Use `mean` or"):
        readout(option)


def test_a_running_sum_does_not_touch_what_it_adds():
    sums, value = {}, torch.ones(2)
    sum_into(sums, "a", [value], [1.0])
    sum_into(sums, "a", [value], [0.0])
    sum_into(sums, "a", [value], [2.0])
    assert sums["a"].tolist() == [3.0, 3.0]
    assert value.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0), (0.0, 1.0, 1.0), (0.5, 1.0, 2.0)])
@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
def test_spikes_are_summed_as_their_values_are_to_the_bit(weights, layout):
    random = torch.Generator().manual_seed(0)
    shape, theta = (2, 5, 4, 3), torch.rand(1, 5, 1, 1, generator=random)
    steps = [torch.randint(-3, 4, shape, generator=random).to(torch.int8) for _ in weights]
    spikes = [SpikeMap(step.contiguous(memory_format=layout), theta) for step in steps]
    expected = torch.zeros(shape)
    for step, weight in zip(steps, weights, strict=True):
        expected.add_(step * theta, alpha=weight)
    together, one_by_one = {}, {}
    sum_into(together, "a", spikes, weights)
    for spike, weight in zip(spikes, weights, strict=True):
        sum_into(one_by_one, "a", [spike], [weight])
    assert torch.equal(together["a"], expected)
    assert torch.equal(one_by_one["a"], expected)


def test_spikes_of_different_thresholds_are_summed_each_by_its_own():
    number, sums = torch.ones(1, 2, 3, 3, dtype=torch.int8), {}
    number = number.contiguous(memory_format=torch.channels_last)
    steps = [SpikeMap(number, torch.tensor(theta)) for theta in (0.5, 0.25)]
    sum_into(sums, "a", steps, [1.0, 1.0])
    assert sums["a"].eq(0.75).all()


def test_a_pixel_map_uses_the_kernel_of_its_t_and_repeats_the_border():
    weight, bias = torch.randn(2, 2, 2, 3, 3), torch.randn(2, 2)
    value = torch.rand(1, 2, 5, 4)
    found = PixelMap(weight, bias, [2, 8])(value, 8)
    padded = torch.cat([value[..., :1], value, value[..., -1:]], dim=-1)
    padded = torch.cat([padded[..., :1, :], padded, padded[..., -1:, :]], dim=-2)
    torch.testing.assert_close(found, F.conv2d(padded, weight[1], bias[1]))


def test_a_pixel_map_costs_its_kernel_for_every_value():
    assert (
        PixelMap(torch.zeros(1, 2, 3, 3, 3), torch.zeros(1, 2), [1]).macs(torch.zeros(1, 3, 5, 4))
        == (3 * 5 * 4) * 2 * 9
    )


def test_a_pixel_map_without_kernel_for_a_t_is_refused():
    with pytest.raises(BenchError, match=r"fitted for T in \[2, 8\], not for T=4"):
        PixelMap(torch.zeros(2, 1, 1, 1, 1), torch.zeros(2, 1), [2, 8])(torch.zeros(1, 1, 2, 2), 4)
