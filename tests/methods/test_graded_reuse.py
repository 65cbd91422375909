"""The switches of graded reuse: digits after the last step, the map of output values."""

import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spikebench.conformance.alphabet import signed_digits
from spikebench.conformance.nets import build as build_small
from spikebench.errors import BenchError
from spikebench.snn import (
    REUSE,
    Firing,
    Protocol,
    Recording,
    ReuseAfterwards,
    Step,
    load_method,
    simulate,
)
from spikebench.snn.model.spikes.audit import MOST_DIGITS
from spikebench.spike_kinds import SpikeKind
from tests.snn.nets import dncnn, espcn, image

FILE = Path("methods/graded_reuse.py")
GRID = (1, 2, 4)
backbone = pytest.mark.parametrize("build", [dncnn, espcn])


def convert(module, **options):
    return load_method(FILE, options).apply(module, patches(), GRID)


def patches() -> torch.Tensor:
    return image(4, 1, 8, 8, seed=1).float()


def graded(theta: float, **options):
    load_method(FILE)
    neuron = sys.modules["spikebench_methods.graded_reuse"].GradedIF
    theta = torch.tensor([theta], dtype=torch.float64)
    return neuron(theta, initial=theta / 2, **options)


def drive(neuron, train, reused=0.0):
    """Send a train of currents and what the layers before reuse; return all spike numbers."""
    state = neuron.start(torch.zeros(1, dtype=torch.float64))
    steps = [Step(time) for time in range(1, len(train) + 1)]
    steps.append(Step(len(train) + 1, image=False, bias=False, phase=REUSE, timesteps=len(train)))
    numbers = [
        neuron.step(state, torch.tensor([current], dtype=torch.float64), step)[1].item()
        for current, step in zip([*train, reused], steps, strict=True)
    ]
    return numbers, state["v"].item()


@settings(max_examples=100)
@given(
    train=st.lists(st.integers(-96, 96), min_size=1, max_size=8),
    upstream=st.integers(-96, 96),
    places=st.integers(0, 4),
)
def test_what_a_neuron_has_sent_in_all_is_never_negative_and_charge_is_kept(
    train, upstream, places
):
    neuron = graded(1.0, unit=2.0**-places)
    numbers, v = drive(neuron, [z / 16 for z in train], upstream / 16)
    assert sum(numbers) >= 0
    assert (sum(train) + upstream) / 16 == sum(numbers) + v - 0.5


@given(st.integers(0, 2**10), st.sampled_from([1, 2, 4, 8]), st.integers(0, 6))
def test_a_constant_current_is_quantised_to_t_times_two_to_the_m_levels(z, timesteps, places):
    """From 0 to theta, half up; other currents reach further, by what a reuse may carry."""
    current = z / 2**10
    numbers, _ = drive(graded(1.0, unit=2.0**-places), [current] * timesteps)
    levels = timesteps * 2**places
    expected = math.floor(current * levels + 0.5)
    if (current * levels) % 1 == 0.5:  # of a tie, the residual rounds away from zero
        assert abs(sum(numbers) * 2**places - current * levels) == 0.5
    else:
        assert sum(numbers) * 2**places == expected


@pytest.mark.parametrize(
    ("current", "timesteps", "expected"),
    [(-1, 4, 0), (1.5, 2, 3), (9, 1, 9), (9, 2, 18), (10, 1, 9), (10, 2, 18), (3.25, 32, 104)],
)
def test_the_reuse_carries_on_where_the_steps_saturate_up_to_eight_thresholds_a_step(
    current, timesteps, expected
):
    numbers, _ = drive(graded(1.0), [current] * timesteps)
    assert sum(numbers) == expected


@given(st.integers(1, 2**15), st.integers(0, 10))
def test_what_is_reused_never_has_more_digits_than_are_counted(units, places):
    numbers, _ = drive(graded(1.0, unit=2.0**-places), [units * 2.0**-places] * 64)
    assert signed_digits(numbers[-1]) <= MOST_DIGITS


def heard_reuse(network, timesteps) -> tuple[Recording, dict[str, torch.Tensor]]:
    """Return the recording of a run, and the spike numbers of each site in the reuse pass."""
    numbers = {}

    def hear(firing: Firing) -> None:
        if firing.step.phase == REUSE:
            numbers[firing.site] = firing.number.double()

    (recording,) = simulate(network, image(7, 6).float(), [timesteps], hear)
    return recording, numbers


@backbone
def test_the_last_pass_is_graded_and_each_signed_digit_is_an_event(build):
    network = convert(build(), cpm=False, spiking_output=False, places=3)
    before = next(simulate(quiet(network), image(7, 6).float(), [4]))
    after, reused = heard_reuse(network, 4)
    in_reuse = sum(
        signed_digits(n) for number in reused.values() for n in number.flatten().tolist()
    )
    assert after.spikes == before.spikes + in_reuse
    assert in_reuse > sum(int((number != 0).sum()) for number in reused.values())
    assert after.spike_kind is SpikeKind.GRADED
    assert after.latency_steps == before.latency_steps + 1


def quiet(network):
    """Return the network without its reuse."""
    return replace(network, protocol=Protocol())


@backbone
def test_without_reuse_its_hidden_layers_are_percentile_norm_from_half_a_threshold(build):
    module = build()
    mine = convert(module, reuse=False, cpm=False, spiking_output=False)
    options = {"per_channel": True, "initial": 0.5}
    rival = load_method(Path("methods/percentile_norm.py"), options)
    runs = [mine, rival.apply(module, patches(), GRID)]
    for a, b in zip(*(simulate(net, image(7, 6).float(), GRID) for net in runs), strict=True):
        assert torch.equal(a.output, b.output)
        assert a.layers == b.layers
        assert a.spike_kind is SpikeKind.BINARY


@backbone
def test_thresholds_four_times_as_high_and_two_places_more_say_the_same_with_fewer_spikes(build):
    """What a neuron says depends on the size of a digit, theta / (T 2^m), alone."""
    module, picture = build(), patches()
    options = {"cpm": False, "spiking_output": False, "percentile": 100.0, "spread": False}
    near, far = (
        convert(module, margin=margin, places=places, **options)
        for margin, places in [(1.0, 3), (4.0, 5)]
    )
    for a, b in zip(simulate(near, picture, GRID), simulate(far, picture, GRID), strict=True):
        torch.testing.assert_close(a.output, b.output, atol=1e-5, rtol=0)
        assert b.spikes < a.spikes


def test_relays_reuse_their_residual_as_well():
    network = convert(build_small("residual"), spread=False)
    (relay,) = network.relays
    neuron = network.neurons[relay.name]
    assert (type(neuron).__name__, neuron.unit) == ("GradedRelay", 2.0**-6)


@backbone
def test_the_reuse_brings_the_output_nearer_to_the_ann(build):
    module, picture = build(), patches()
    errors = {}
    for switch in (False, True):
        network = convert(module, reuse=switch, cpm=False, spiking_output=False)
        (recording,) = simulate(network, picture, [4])
        errors[switch] = (recording.output - module(picture)).square().mean()
    assert errors[True] < errors[False]


@backbone
@pytest.mark.parametrize("reuse", [False, True])
def test_the_pixel_map_is_at_least_as_near_to_the_ann_on_the_patches(build, reuse):
    module, picture = build(), patches()
    networks = [convert(module, reuse=reuse, cpm=cpm) for cpm in (False, True)]
    runs = [simulate(network, picture, GRID) for network in networks]
    for plain, mapped in zip(*runs, strict=True):
        before, after = (
            (recording.output - module(picture)).square().mean() for recording in (plain, mapped)
        )
        assert after <= before
        assert plain.spikes == mapped.spikes


def test_the_pixel_map_is_charged_once():
    (recording,) = simulate(convert(dncnn()), image(7, 6).float(), [4])
    (layer,) = [layer for layer in recording.layers if layer.layer == "pixel_map"]
    assert layer.macs_cached == layer.macs_streaming == 9 * 42
    assert layer.synops == 0


def test_a_spiking_output_says_multiples_of_its_threshold_over_t():
    network = convert(dncnn(), reuse=False, cpm=False)
    theta = network.neurons[network.graph.sites[-1].name].theta
    picture = image(7, 6).float()
    for recording in simulate(network, picture, GRID):
        spoken = (picture - recording.output) * recording.timesteps / theta
        torch.testing.assert_close(spoken, spoken.round(), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("reuse", "protocol"), [(True, ReuseAfterwards()), (False, Protocol())])
def test_the_switch_chooses_the_protocol(reuse, protocol):
    assert convert(dncnn(), reuse=reuse).protocol == protocol


def test_a_pixel_map_without_spiking_output_is_refused():
    with pytest.raises(BenchError, match="Set `spiking_output: true`, or `cpm: false`"):
        convert(dncnn(), spiking_output=False)


def test_a_pixel_map_serves_only_the_t_it_was_fitted_for():
    with pytest.raises(BenchError, match=r"fitted for T in \[1, 2, 4\], not for T=3"):
        next(simulate(convert(dncnn()), image(7, 6).float(), [3]))


@pytest.mark.parametrize("options", [{"cpm": False}, {}, {"cpm": False, "spiking_output": False}])
def test_what_the_output_layer_says_is_its_value_before_the_skip(options):
    picture = image(7, 6).float()
    (recording,) = simulate(convert(dncnn(), **options), picture, [2])
    torch.testing.assert_close(recording.output, picture - recording.decoded)
