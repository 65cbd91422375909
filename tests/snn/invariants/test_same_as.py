"""Neurons and networks that are one another: I8, I9 and I12."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.testing import assert_close

from spikebench.snn import IF, Burst, Network, Step, simulate
from spikebench.snn.engine.simulation import Simulation
from tests.snn.invariants.trains import (
    Heard,
    currents,
    lively_chain,
    module,
    placed,
    real,
    run,
    seeds,
    shares,
    thresholds,
    trains,
)
from tests.snn.nets import image

EXACT = {"atol": 1e-12, "rtol": 1e-12}


def normalised(chain: nn.Sequential, scales: list[Tensor]) -> nn.Sequential:
    """Return the chain with weights W' = W in/out and biases b' = b/out, for thresholds of 1."""
    copy = lively_chain(0)
    copy.load_state_dict(chain.state_dict())
    inward = [torch.ones(1, 1, 1, 1, dtype=torch.float64), *scales]
    outward = [*scales, inward[0]]
    convolutions = [layer for layer in copy if isinstance(layer, nn.Conv2d)]
    for layer, before, after in zip(convolutions, inward, outward, strict=True):
        layer.weight.mul_(before).div_(after.transpose(0, 1))
        layer.bias.div_(after.flatten())
    return copy


@settings(max_examples=20)
@given(seeds, st.lists(st.integers(-3, 2), min_size=7, max_size=7), st.sampled_from([0, 0.5]))
def test_i8_spikes_of_value_theta_are_spikes_of_value_one_in_normalised_weights(
    seed, exponents, start
):
    """Thresholds by channel, powers of two: they scale sums without rounding."""
    chain, picture = lively_chain(seed), image(5, 4, seed=seed)
    powers = torch.tensor(exponents, dtype=torch.float64).exp2().view(1, -1, 1, 1)
    scales = list(powers.split([3, 4], dim=1))
    heard, outputs = [], []
    for version, thetas in ((chain, scales), (normalised(chain, scales), [real(16)] * 2)):
        network = Network.of(version)
        for site, theta in zip(network.sites, thetas, strict=True):
            network.place(site, IF(theta, initial=start * theta))
        trains = Heard(network)
        found = simulate(network, picture, [1, 3, 6], trains)
        outputs.append([recording.output for recording in found])
        heard.append([torch.stack(train) for train in trains.values()])
    for ours, theirs, scale in zip(*heard, scales, strict=True):
        assert torch.equal(ours, theirs * scale)
    assert all(torch.equal(*pair) for pair in zip(*outputs, strict=True))


@given(trains, st.integers(1, 6), st.integers(1, 10))
def test_i9_a_group_of_m_neurons_is_a_burst_neuron(train, members, half):
    """Lyu et al., ICASSP 2024: member k fires at k theta/m, each spike carries theta/m."""
    part = 2 * half
    group, potentials, v = [], [], half
    for z in train:
        v += z
        fired = sum(v >= k * part for k in range(1, members + 1))
        v -= fired * part
        group.append(fired)
        potentials.append(v)
    neuron = placed("group_neuron", real(members * part), members=members)
    assert run(neuron, train) == (group, potentials)
    assert run(Burst(real(part), real(half), cap=members), train) == (group, potentials)


@given(currents, thresholds, shares, st.sampled_from([1, 2, 4, 8]))
def test_i9_one_step_of_a_burst_neuron_is_t_steps_of_an_if_on_even_input(z, theta, share, t):
    v0 = int(share * theta)
    once, _ = run(Burst(real(theta) / t, real(v0) / t, cap=t), [z])
    assert once[0] == sum(run(IF(real(theta), real(v0)), [z] * t)[0])


def differential(chain: nn.Sequential, levels: int, theta: float, start: float) -> Network:
    """Convert with methods/dcgs.py, whose calibration finds theta, and start at start * theta."""
    network = Network.of(chain)
    dcgs = module("dcgs")
    for site in network.sites:
        threshold = torch.tensor(theta, dtype=torch.float64)
        neuron = placed("dcgs", threshold, levels=levels)
        network.place(site, replace(neuron, initial=start * threshold))
    network.protocol, network.readout = dcgs.ImageOnce(), dcgs.Estimate()
    return network


@settings(max_examples=25)
@given(
    seed=seeds,
    levels=st.integers(1, 8),
    theta=st.floats(0.1, 2.0),
    start=st.sampled_from([0.0, 0.25, 0.5]),
    total=st.integers(1, 9),
)
def test_i12_estimates_of_corrections_are_means_of_rates(seed, levels, theta, start, total):
    """At every T: E_T is the mean of r_t = E_{t-1} + s_t, and v_T = v_0 + T (E_in - E_out)."""
    chain, picture = lively_chain(seed), image(5, 4, seed=seed)
    network = differential(chain, levels, theta, start)
    first, second, last = (layer for layer in chain if isinstance(layer, nn.Conv2d))
    heard = Heard(network)
    simulation = Simulation(network, picture, observe=heard)
    estimates = {name: 0.0 for name in heard}
    rates = {name: 0.0 for name in heard}
    with torch.inference_mode():
        for recording in network.protocol.run(simulation, range(1, total + 1)):
            time, received = recording.timesteps, first(picture)
            for name, synapse in zip(heard, (second, last), strict=True):
                sent = heard[name][-1]
                rates[name] = rates[name] + estimates[name] + sent
                estimates[name] = estimates[name] + sent / time
                assert_close(estimates[name], rates[name] / time, **EXACT)
                assert rates[name].min() > -1e-9
                potential = start * theta + time * (received - estimates[name])
                assert_close(simulation.sites.states[name]["v"], potential, **EXACT)
                received = synapse(estimates[name])
            assert_close(recording.output, received, **EXACT)


@pytest.mark.parametrize("levels", [1, 4])
@settings(max_examples=30)
@given(train=trains, theta=thresholds)
def test_i12_a_differential_neuron_keeps_the_charge_of_what_is_decoded(levels, train, theta):
    """Its membrane is that of a rate-coded neuron with currents E_in + I_t that sends r_t."""
    neuron = placed("dcgs", real(theta), levels=levels)
    state = neuron.start(real(0)[None])
    bias, received, estimate, charge = real(3)[None], real(3)[None], 0.0, 0.0
    neuron.step(state, bias, Step(0, image=False, read=False, phase="bias"))
    for time, z in enumerate(train, 1):
        current = real(z)[None]
        sent, _ = neuron.step(state, current, Step(time, bias=False))
        charge = charge + (received + current) - (estimate + sent)
        received = received + current / time
        estimate = estimate + sent / time
        assert_close(state["v"], charge, **EXACT)
