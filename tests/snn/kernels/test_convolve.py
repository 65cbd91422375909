"""The event-driven convolution against PyTorch's dense one."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from spikebench.snn import IF, Network, simulate
from spikebench.snn.engine import currents
from spikebench.snn.kernels import library
from spikebench.snn.kernels.census import Census
from spikebench.snn.kernels.convolve import BLOCK, EventConv, event_conv
from spikebench.snn.kernels.fire import fire
from spikebench.snn.model.kernel_rules import launch
from spikebench.snn.model.neurons import Burst, SignedIF
from spikebench.snn.model.spikes.spikemap import SpikeMap
from spikebench.snn.model.step import Step

pytestmark = pytest.mark.skipif(not library.available(), reason="the kernels were not compiled")


COLUMNS = st.integers(1, 12) | st.just(300)  # or more than the kernel keeps at once
SIDES = st.tuples(st.integers(1, 12), COLUMNS)


@st.composite
def layers(draw):
    groups = draw(st.sampled_from([1, 2, 4]))
    rows, columns = draw(st.sampled_from([(1, 1), (3, 3), (5, 5), (1, 3), (5, 3)]))
    dilation = draw(st.integers(1, 2))
    padding = (dilation * (rows - 1) // 2, dilation * (columns - 1) // 2)
    return nn.Conv2d(
        groups * draw(st.integers(1, 19)),
        groups * 8 * draw(st.integers(1, 3)),
        (rows, columns),
        padding=padding,
        dilation=dilation,
        groups=groups,
        bias=draw(st.booleans()),
    )


def sparse(shape: tuple[int, ...], share: float, seed: int) -> torch.Tensor:
    random = torch.Generator().manual_seed(seed)
    value = torch.randn(shape, generator=random)
    value[torch.rand(shape, generator=random) >= share] = 0.0
    return value.contiguous(memory_format=torch.channels_last)


@given(
    layer=layers(),
    number=st.integers(1, 2),
    sides=SIDES,
    share=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    bias=st.booleans(),
    seed=st.integers(0, 99),
)
def test_it_equals_the_dense_convolution(layer, number, sides, share, bias, seed):
    value = sparse((number, layer.in_channels, *sides), share, seed)
    expected = layer._conv_forward(value, layer.weight, layer.bias if bias else None)
    found = EventConv(layer)(value, bias=bias)
    assert found.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


@given(layer=layers(), number=st.integers(1, 2), sides=SIDES)
def test_numbers_of_spikes_convolve_as_their_values_do_to_the_bit(layer, number, sides):
    spikes = (4 * sparse((number, layer.in_channels, *sides), 0.3, seed=0)).to(torch.int8)
    theta = torch.rand(1, layer.in_channels, 1, 1) + 0.1
    by_number = EventConv(layer)(spikes, theta, bias=True)
    assert torch.equal(by_number, EventConv(layer)(SpikeMap(spikes, theta).values, bias=True))


@given(layer=layers(), number=st.integers(1, 2), sides=SIDES)
def test_neurons_fed_by_a_convolution_send_what_they_send_for_its_currents(layer, number, sides):
    convolve, shape = EventConv(layer), (number, layer.in_channels, *sides)
    values = [sparse(shape, 0.3, seed=step) for step in range(3)]
    currents = [convolve(value, bias=True) for value in values]
    neuron, found = SignedIF(torch.tensor(0.2), initial=0.1), []
    for way in ("fed", "together", "one by one"):
        state = neuron.start(currents[0])
        launches = [launch(neuron, state, Step(time)) for time in (1, 2, 3)]
        if way == "fed" and convolve.feeds:
            spikes, _ = convolve.feed(launches, values, bias=True)
        elif way == "one by one":
            pairs = zip(launches, currents, strict=True)
            spikes = [fire([launch], [current])[0] for launch, current in pairs]
        else:
            spikes = fire(launches, currents)
        found.append((*spikes, state["v"], state["sent"]))
    assert all(
        torch.equal(a, b) for other in found[1:] for a, b in zip(found[0], other, strict=True)
    )


@given(
    layer=layers().filter(lambda layer: EventConv(layer).feeds),
    number=st.integers(1, 2),
    sides=SIDES,
    rows=st.tuples(st.integers(0, 11), st.integers(0, 11)),
    summed=st.booleans(),
    cap=st.integers(1, 3),
)
def test_a_census_finds_what_is_counted_afterwards(layer, number, sides, rows, summed, cap):
    top, bottom = sorted(row % (sides[0] + 1) for row in rows)
    values = [sparse((number, layer.in_channels, *sides), 0.3, seed=step) for step in range(3)]
    convolve, neuron = EventConv(layer), Burst(torch.tensor(0.1), cap=cap)
    launches = [launch(neuron, neuron.start(convolve(values[0], bias=True)), Step(1))] * 3
    shape = (number, 1 if summed else layer.out_channels, bottom - top, sides[1])
    counts = torch.ones(shape, dtype=torch.int32 if summed else torch.int16)
    counts = counts.contiguous(memory_format=torch.channels_last)
    census = Census(counts, top)
    numbers, found = convolve.feed(launches, values, bias=True, census=census)
    own = [each[:, :, top:bottom] for each in numbers]
    expected = sum(own).sum(dim=1, keepdim=True) if summed else sum(own)
    assert census.fits
    assert torch.equal(counts - 1, expected.to(counts.dtype))
    assert found == [
        (int((each != 0).sum()), 0, int(each.max()) if each.numel() else 0) for each in own
    ]


def test_more_channels_than_the_kernel_sums_at_once_are_computed_in_blocks():
    layer = nn.Conv2d(8, 2 * BLOCK + 8, 3, padding=1)
    value = sparse((1, 8, 6, 7), 0.3, seed=0)
    torch.testing.assert_close(
        EventConv(layer)(value, bias=True), layer(value), atol=1e-5, rtol=1e-5
    )


@pytest.mark.parametrize("threads", [2, 3])
def test_the_number_of_threads_does_not_change_a_bit(threads):
    layer, value = nn.Conv2d(16, 16, 3, padding=1), sparse((1, 16, 64, 9), 0.2, seed=1)
    before = torch.get_num_threads()
    alone = EventConv(layer)(value, bias=True)
    torch.set_num_threads(threads)
    try:
        together = EventConv(layer)(value, bias=True)
    finally:
        torch.set_num_threads(before)
    assert torch.equal(alone, together)


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(8, 8, 3, padding=1, stride=2),
        nn.Conv2d(8, 8, 3),
        nn.Conv2d(8, 8, 3, padding=1, padding_mode="reflect"),
        nn.Conv2d(8, 12, 3, padding=1),
        nn.Conv2d(8, 8, 3, padding=1, dtype=torch.float64),
        nn.ConvTranspose2d(8, 8, 3, padding=1),
        nn.Linear(8, 8),
    ],
    ids=["stride", "shrinking", "reflected border", "odd channels", "fp64", "transposed", "linear"],
)
def test_layers_that_the_kernel_does_not_compute_have_no_event_form(layer):
    value = sparse((1, 8, 8, 8), 0.2, seed=0)
    assert event_conv(layer, value.to(layer.weight.dtype)) is None


def test_a_map_in_another_layout_has_no_event_form():
    value = torch.zeros(1, 8, 4, 4)
    assert event_conv(nn.Conv2d(8, 8, 3, padding=1), value) is None
    assert event_conv(nn.Conv2d(8, 8, 3, padding=1), value.to(memory_format=torch.channels_last))


def test_a_simulation_takes_events_where_they_are_few_and_loses_nothing(monkeypatch):
    torch.manual_seed(0)
    module = nn.Sequential(
        *(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU()),
        nn.Conv2d(8, 1, 3, padding=1),
    )
    network = Network.of(module)
    for site in network.sites:
        network.place(site, IF(torch.tensor(0.5)))
    picture, calls, run = torch.rand(1, 1, 12, 9), [], EventConv._run

    def listen(self, values, *rest, **options):
        calls.extend(values)
        return run(self, values, *rest, **options)

    monkeypatch.setattr(EventConv, "_run", listen)
    found = {}
    for densest in (0.99, -1.0):
        monkeypatch.setattr(currents, "DENSEST", densest)
        (found[densest],) = simulate(network, picture, [8])
        assert len(calls) == 8  # the inner layer at every step, then never more
    events, dense = found[0.99], found[-1.0]
    assert events.layers == dense.layers
    torch.testing.assert_close(events.output, dense.output, atol=1e-5, rtol=1e-5)
