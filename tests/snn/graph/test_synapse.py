"""Synapses: what they send is torch's, what a spike reaches is the event loop's."""

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from spikebench.conformance.events import targets
from spikebench.snn.graph.synapse import current, dense_macs, fan_out
from tests.snn.nets import image

SYNAPSES = {
    "conv": nn.Conv2d(4, 6, (3, 2), stride=2, padding=(1, 0), groups=2),
    "reflecting": nn.Conv2d(4, 2, 3, padding=1, padding_mode="reflect"),
    "dilated": nn.Conv2d(4, 2, 3, padding=2, dilation=2),
    "transposed": nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2),
    "linear": nn.Linear(5, 3),
}
geometries = st.fixed_dictionaries(
    {
        "kernel_size": st.tuples(st.integers(1, 4), st.integers(1, 3)),
        "stride": st.integers(1, 3),
        "padding": st.integers(0, 3),
        "dilation": st.integers(1, 3),
        "groups": st.sampled_from([1, 2]),
    }
)
sizes = st.tuples(st.integers(3, 7), st.integers(3, 7))


def reach_by_events(module: nn.Module, shape) -> torch.Tensor:
    rows = [[targets(module, shape, y, x) for x in range(shape[-1])] for y in range(shape[-2])]
    return torch.tensor([[rows]], dtype=torch.float64)


@pytest.mark.parametrize("kind", SYNAPSES)
def test_the_current_is_that_of_the_layer_and_without_bias_it_is_linear(kind):
    module, value = SYNAPSES[kind].double(), image(2, 4, 6, 5)
    torch.testing.assert_close(current(module, value), module(value))
    silent = current(module, torch.zeros_like(value), bias=False)
    assert torch.equal(silent, torch.zeros_like(silent))


@settings(max_examples=60)
@given(geometries, sizes)
def test_a_convolution_reaches_what_the_event_loop_reaches(geometry, size):
    module = nn.Conv2d(4, 6, **geometry)
    shape = (1, 4, *size)
    span = [geometry["dilation"] * (k - 1) + 1 for k in geometry["kernel_size"]]
    assume(all(n + 2 * geometry["padding"] >= s for n, s in zip(size, span, strict=True)))
    assert torch.equal(fan_out(module, shape), reach_by_events(module, shape))


@settings(max_examples=60)
@given(geometries, sizes, st.integers(0, 2))
def test_a_transposed_convolution_reaches_what_the_event_loop_reaches(geometry, size, extra):
    assume(extra < max(geometry["stride"], geometry["dilation"]))
    module = nn.ConvTranspose2d(4, 6, **geometry, output_padding=extra)
    shape = (1, 4, *size)
    reached = reach_by_events(module, shape)
    assume(reached.sum() > 0)  # else padding has cropped all outputs away
    assert torch.equal(fan_out(module, shape), reached)


@given(st.integers(3, 40), st.integers(3, 40))
def test_i16_a_three_by_three_convolution_loses_its_border(height, width):
    module = nn.Conv2d(2, 5, 3, padding=1)
    total = 2 * fan_out(module, (1, 2, height, width)).sum()
    assert total == 2 * 5 * (3 * height - 2) * (3 * width - 2)


def test_reflected_padding_makes_a_border_pixel_reach_further():
    """By hand, one axis, 4 pixels, kernel 3: pixel 1 is also seen behind the border by pixel 0."""
    module = nn.Conv2d(1, 1, (1, 3), padding=(0, 1), padding_mode="reflect")
    assert fan_out(module, (1, 1, 1, 4)).flatten().tolist() == [2, 4, 4, 2]


def test_a_linear_layer_reaches_all_its_outputs():
    assert fan_out(nn.Linear(5, 3), (2, 5)).tolist() == [[3]]


@pytest.mark.parametrize(
    ("kind", "shape", "macs"),
    [
        ("conv", (2, 4, 6, 5), 2 * (6 * 3 * 2) * (2 * 3 * 2)),  # 3 x 2 outputs, 2 inputs a group
        ("transposed", (2, 4, 6, 5), 2 * (4 * 6 * 5) * (3 * 3 * 3)),  # 3 outputs a group
        ("linear", (2, 5), 2 * 5 * 3),
    ],
)
def test_dense_macs_are_those_of_the_closed_formula(kind, shape, macs):
    module, value = SYNAPSES[kind].float(), torch.zeros(shape)
    assert dense_macs(module, value, module(value)) == macs
