"""SpikingIR to the letter: MPRN in the hidden layers, CPM at the output."""

import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from spikebench.conformance.brief import brief_state
from spikebench.errors import BenchError
from spikebench.snn import REUSE, Firing, Protocol, Relay, Staggered, Step, load_method, simulate
from spikebench.spike_kinds import SpikeKind
from spikebench.training.finetune.activations.staircase import Staircase
from spikebench.training.finetune.network import Tunable
from tests.snn.nets import conv, dncnn, espcn, image

FILE = Path("methods/spikingir.py")
GRID = (1, 2, 4)
backbone = pytest.mark.parametrize("build", [dncnn, espcn])
MEAN = {"cpm": False, "spiking_output": False}


def convert(module, **options):
    return load_method(FILE, options).apply(module, patches(), GRID)


def patches() -> torch.Tensor:
    return image(4, 1, 8, 8, seed=1).float()


def drive(train, late, theta: int = 16):
    """Send currents in the T steps and in those after them; return the spike numbers and v."""
    load_method(FILE)
    neuron = sys.modules["spikebench_methods.spikingir"].MPRN(
        torch.tensor([theta], dtype=torch.float64), initial=theta / 2
    )
    state, last = neuron.start(torch.zeros(1, dtype=torch.float64)), len(train)
    steps = [Step(time) for time in range(1, last + 1)]
    steps += [
        Step(last + 1 + n, image=False, bias=False, phase=REUSE, timesteps=last)
        for n in range(len(late))
    ]
    currents = torch.tensor([*train, *late], dtype=torch.float64)
    numbers = [
        neuron.step(state, current[None], step)[1].item()
        for current, step in zip(currents, steps, strict=True)
    ]
    return numbers, state["v"].item()


some = st.lists(st.integers(-64, 64), min_size=1, max_size=8)


@given(train=some, late=some)
def test_what_has_left_stays_between_nothing_and_t_spikes_and_charge_is_kept(train, late):
    numbers, v = drive(train, late)
    sums = [sum(numbers[:time]) for time in range(1, len(numbers) + 1)]
    assert set(numbers[: len(train)]) <= {0, 1}
    assert set(numbers) <= {-1, 0, 1}
    assert min(sums) >= 0
    assert max(sums) <= len(train)
    assert sum(train) + sum(late) == 16 * sums[-1] + v - 8


@given(train=some)
def test_steps_enough_after_the_last_send_the_nearest_level_of_the_mean_current(train):
    """However unevenly the current came, the sum is that of the staircase (half up, clipped)."""
    numbers, _ = drive(train, [0] * len(train))
    nearest = (sum(train) + 8) // 16
    assert sum(numbers) == min(max(nearest, 0), len(train))


@pytest.mark.parametrize(("z", "sent"), [(-3, 0), (0, 0), (7, 2), (8, 2), (15, 4), (40, 4)])
def test_a_constant_current_leaves_nothing_to_reuse(z, sent):
    numbers, _ = drive([z] * 4, [0])
    assert sum(numbers[:4]) == sum(numbers) == sent


@backbone
def test_its_spikes_are_of_one_size_and_either_sign(build):
    numbers = []

    def hear(firing: Firing) -> None:
        numbers.append((firing.step.phase, set(firing.number.unique().tolist())))

    network = convert(build(), **MEAN)
    (recording,) = simulate(network, image(7, 6).float(), [4], hear)
    reused = set.union(*(sent for phase, sent in numbers if phase == REUSE))
    assert {-1} < reused <= {-1, 0, 1}
    assert set.union(*(sent for phase, sent in numbers if phase != REUSE)) <= {0, 1}
    assert recording.spike_kind is SpikeKind.SIGNED
    assert recording.latency_steps == 4 + 1 + len(network.sites) - 1


@backbone
def test_without_mprn_its_hidden_layers_are_percentile_norm_from_half_a_threshold(build):
    module = build()
    mine = convert(module, mprn=False, **MEAN)
    options = {"per_channel": True, "initial": 0.5}
    rival = load_method(Path("methods/percentile_norm.py"), options)
    runs = [mine, rival.apply(module, patches(), GRID)]
    for a, b in zip(*(simulate(net, image(7, 6).float(), GRID) for net in runs), strict=True):
        assert torch.equal(a.output, b.output)
        assert a.layers == b.layers
        assert a.spike_kind is SpikeKind.BINARY


@pytest.mark.parametrize(
    ("options", "protocol"),
    [
        ({}, Staggered(delay=1, afterwards=1)),
        ({"delay": 0, "afterwards": 2}, Staggered(delay=0, afterwards=2)),
        ({"mprn": False}, Protocol()),
    ],
)
def test_its_options_choose_the_protocol(options, protocol):
    assert convert(dncnn(), **options).protocol == protocol


@backbone
def test_the_post_processing_brings_the_output_nearer_to_the_ann(build):
    module, picture = build(), patches()
    errors = {}
    for switch in (False, True):
        (recording,) = simulate(convert(module, mprn=switch, **MEAN), picture, [4])
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


def test_a_spiking_output_says_multiples_of_its_threshold_over_t():
    network = convert(dncnn(), cpm=False)
    site = network.graph.sites[-1]
    assert (site.role, type(network.neurons[site.name])) == ("output", Relay)
    theta, picture = network.neurons[site.name].theta, image(7, 6).float()
    for recording in simulate(network, picture, GRID):
        spoken = (picture - recording.output) * recording.timesteps / theta
        torch.testing.assert_close(spoken, spoken.round(), atol=1e-4, rtol=0)


def test_a_pixel_map_without_spiking_output_is_refused():
    with pytest.raises(BenchError, match="Set `spiking_output: true`, or `cpm: false`"):
        convert(dncnn(), spiking_output=False)


def test_a_learnt_pixel_map_and_output_threshold_are_used_for_every_t():
    module = dncnn()
    state = brief_state(module, "spikingir_half_cpm")
    method = load_method(FILE, {"tuned": "spikingir_half_cpm"})
    network = method.apply(module, patches(), GRID, state=state)
    theta = network.neurons[network.graph.sites[-1].name].theta
    assert torch.equal(theta, state.output["theta"])
    assert network.output_map.timesteps == list(GRID)
    for weight, bias in zip(network.output_map.weight, network.output_map.bias, strict=True):
        assert torch.equal(weight, state.output["weight"])
        assert torch.equal(bias, state.output["bias"])


def test_a_network_that_waits_gives_what_its_training_saw():
    """Hidden layers without bias have their whole input before they fire; so has the output."""
    module = nn.Sequential(conv(1, 4, bias=False), nn.ReLU(), conv(4, 1, bias=False))
    state = brief_state(module, "spikingir_half_cpm")
    levels, picture = state.levels, image(7, 6).float()
    options = {"tuned": "spikingir_half_cpm", "delay": levels, "afterwards": 0}
    network = load_method(FILE, options).apply(module, patches(), (levels,), state=state)
    (found,) = simulate(network, picture, [levels])
    tuned = Tunable.of(module, patches(), levels, 3)
    state.load_into(tuned.graph)
    tuned.pixel_map.load_state_dict({key: state.output[key] for key in ("weight", "bias")})
    thetas = state.thresholds | {tuned.graph.sites[-1].name: state.output["theta"]}
    tuned.log_thresholds.load_state_dict({name: theta.log() for name, theta in thetas.items()})
    staircase = Staircase(kind="staircase", levels=(levels,))
    with torch.no_grad():
        expected, _ = tuned(picture, staircase.sender(tuned, picture, levels))
    torch.testing.assert_close(found.output, expected, atol=1e-4, rtol=0)
