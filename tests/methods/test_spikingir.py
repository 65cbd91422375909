"""The switches of the SpikingIR re-derivation: MPRN in the hidden layers, CPM at the output."""

import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spikebench.errors import BenchError
from spikebench.snn import Protocol, ReleaseAfterwards, Step, load_method, simulate
from spikebench.snn.spikes import SpikeKind
from tests.snn.nets import dncnn, espcn, image

FILE = Path("methods/spikingir.py")
GRID = (1, 2, 4)
LEVELS = [4.0, 2.0, 1.0, 0.5, 0.25]
backbone = pytest.mark.parametrize("build", [dncnn, espcn])


def convert(module, **options):
    return load_method(FILE, options).apply(module, patches(), GRID)


def patches() -> torch.Tensor:
    return image(4, 1, 8, 8, seed=1).float()


def mprn(theta: float, **options):
    load_method(FILE)
    neuron = sys.modules["spikebench_methods.spikingir"].MPRN
    theta = torch.tensor([theta], dtype=torch.float64)
    return neuron(theta, initial=theta / 2, **options)


@settings(max_examples=60)
@given(train=st.lists(st.integers(-96, 96), min_size=1, max_size=8), upstream=st.integers(-96, 96))
def test_what_a_neuron_has_sent_in_all_is_never_negative_and_charge_is_kept(train, upstream):
    neuron = mprn(1.0, levels=LEVELS)
    state = neuron.start(torch.zeros(1, dtype=torch.float64))
    steps = [Step(time) for time in range(1, len(train) + 1)]
    steps.append(Step(len(train) + 1, image=False, bias=False, phase="release"))
    total = 0.0
    for z, step in zip([*train, upstream], steps, strict=True):
        _, number = neuron.step(state, torch.tensor([z / 16], dtype=torch.float64), step)
        total += float(number)
    assert total >= 0
    assert (sum(train) + upstream) / 16 == total + state["v"].item() - 0.5


@given(st.integers(-64, 64))
def test_a_residual_of_up_to_four_thresholds_is_reused_to_the_nearest_level(units):
    """One spike was sent, so -1 is the most that may be taken back."""
    residual = units / 16
    neuron = mprn(1.0, levels=LEVELS)
    state = neuron.start(torch.zeros(1, dtype=torch.float64))
    neuron.step(state, torch.ones(1, dtype=torch.float64), Step(1))
    current = torch.tensor([residual], dtype=torch.float64)
    _, number = neuron.step(state, current, Step(2, image=False, bias=False, phase="release"))
    allowed = [0.0, *LEVELS, *[-level for level in LEVELS if level <= 1]]
    distance = min(abs(residual - level) for level in allowed)
    assert abs(residual - number.item()) <= max(distance, 0.1875)


@backbone
def test_the_release_pass_is_graded_and_each_binary_digit_is_an_event(build, sent):
    network = convert(build(), cpm=False, spiking_output=False, levels=[3.0, 0.75])
    (recording,) = simulate(network, image(7, 6).float(), [4])
    released = sent[-len(network.graph.sites) :]
    digits = {0.0: 0, 3.0: 2, 0.75: 2}
    in_release = sum(digits[abs(n)] for number in released for n in number.flatten().tolist())
    regular = sum(int(number.sum()) for number in sent[: -len(released)])
    assert recording.spikes == regular + in_release
    assert in_release > 0
    assert recording.spike_kind is SpikeKind.GRADED


@backbone
def test_without_release_its_hidden_layers_are_percentile_norm_from_half_a_threshold(build):
    module = build()
    mine = convert(module, mprn=False, cpm=False, spiking_output=False)
    options = {"per_channel": True, "initial": 0.5}
    rival = load_method(Path("methods/percentile_norm.py"), options)
    runs = [mine, rival.apply(module, patches(), GRID)]
    for a, b in zip(*(simulate(net, image(7, 6).float(), GRID) for net in runs), strict=True):
        assert torch.equal(a.output, b.output)
        assert a.layers == b.layers
        assert a.spike_kind is SpikeKind.BINARY


@backbone
def test_the_release_brings_the_output_nearer_to_the_ann(build):
    module, picture = build(), patches()
    errors = {}
    for switch in (False, True):
        network = convert(module, mprn=switch, cpm=False, spiking_output=False)
        (recording,) = simulate(network, picture, [4])
        errors[switch] = (recording.output - module(picture)).square().mean()
    assert errors[True] < errors[False]


@backbone
@pytest.mark.parametrize("mprn", [False, True])
def test_the_pixel_map_is_at_least_as_near_to_the_ann_on_the_patches(build, mprn):
    module, picture = build(), patches()
    networks = [convert(module, mprn=mprn, cpm=cpm) for cpm in (False, True)]
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
    network = convert(dncnn(), mprn=False, cpm=False)
    theta = network.neurons[network.graph.sites[-1].name].theta
    picture = image(7, 6).float()
    for recording in simulate(network, picture, GRID):
        spoken = (picture - recording.output) * recording.timesteps / theta
        torch.testing.assert_close(spoken, spoken.round(), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("mprn", "protocol"), [(True, ReleaseAfterwards()), (False, Protocol())])
def test_the_release_switch_chooses_the_protocol(mprn, protocol):
    assert convert(dncnn(), mprn=mprn).protocol == protocol


def test_a_pixel_map_without_spiking_output_is_refused():
    with pytest.raises(BenchError, match="Set `spiking_output: true`, or `cpm: false`"):
        convert(dncnn(), spiking_output=False)


def test_a_pixel_map_serves_only_the_t_it_was_fitted_for():
    with pytest.raises(BenchError, match=r"fitted for T in \[1, 2, 4\], not for T=3"):
        next(simulate(convert(dncnn()), image(7, 6).float(), [3]))
