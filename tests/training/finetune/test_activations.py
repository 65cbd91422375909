"""What the activations say a neuron sends, against neurons that really send it."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.snn import IF, Network, Relay, simulate
from spikebench.snn.graph.forward import run
from spikebench.snn.toolbox.greedy import FourLevels
from spikebench.training.finetune.activations import Graded, Rate, Staircase, digits, rounded
from spikebench.training.finetune.network import Tunable
from tests.snn.nets import chain, conv, dncnn, image

THETA = 0.3


def tunable(module) -> Tunable:
    network = Network.of(module)
    theta = torch.full((1, 1, 1, 1), THETA)
    return Tunable(network.graph, {site.name: theta for site in network.graph.sites})


def sent(activation, value: float, choice: int, role: str = "activation") -> tuple[float, float]:
    """Return value and spikes that one neuron sends on a constant current."""
    network = tunable(torch.nn.Sequential(conv(), torch.nn.ReLU(), conv()))
    send = activation.sender(network, torch.zeros(1, 1, 4, 4), choice)
    (site,) = (node for node in network.graph if node.name == network.graph.sites[0].name)
    object.__setattr__(site, "role", role)
    found = send(site, torch.full((1, 1, 1, 1), value))
    return found.value.item(), found.spikes.item()


currents = st.floats(-1, 1, width=32)


@given(currents, st.integers(1, 16))
def test_a_staircase_is_what_an_if_neuron_sends_in_as_many_steps(current, levels):
    value, spikes = sent(Staircase(kind="staircase", levels=(levels,)), current, levels)
    potential, number = THETA / 2, 0
    for _ in range(levels):
        potential += current
        fires = potential >= THETA
        number += fires
        potential -= THETA * fires
    exact = current * levels / THETA + 0.5
    if abs(exact - round(exact)) < 1e-4:  # on an edge both neighbours are right
        assert abs(spikes - number) <= 1
    else:
        assert spikes == number
        assert value == pytest.approx(THETA * number / levels, abs=1e-6)


@given(currents, st.integers(0, 6), st.sampled_from([1, 2, 4]))
def test_a_graded_value_is_the_nearest_multiple_and_never_negative(current, bits, timesteps):
    activation = Graded(kind="graded", bits=bits, timesteps=(timesteps,))
    value, _ = sent(activation, current, timesteps)
    unit = THETA / (timesteps * 2**bits)
    assert value >= 0
    assert abs(value - max(current, 0)) <= unit / 2 + 1e-6
    assert value / unit == pytest.approx(round(value / unit), abs=1e-3)


def test_a_relay_sends_either_sign():
    graded, steps = (
        Graded(kind="graded", bits=2, timesteps=(1,)),
        Staircase(kind="staircase", levels=(4,)),
    )
    for activation, choice in ((graded, 1), (steps, 4)):
        value, spikes = sent(activation, -0.15, choice, role="relay")
        assert value == pytest.approx(-0.15)
        assert spikes > 0


def fewest_powers(number: int) -> int:
    """Return how few signed powers of two sum up to a number, by search over all sums."""
    reached, count = {0}, 0
    powers = [sign * 2**k for k in range(number.bit_length() + 1) for sign in (1, -1)]
    while number not in reached:
        reached |= {value + power for value in reached for power in powers}
        count += 1
    return count


@pytest.mark.parametrize("number", [0, 1, 3, 7, 11, 23, 45, 107])
def test_digits_are_the_fewest_signed_powers_of_two(number):
    assert (
        digits(torch.tensor([float(number), -float(number)])).tolist()
        == [fewest_powers(number)] * 2
    )


def test_a_graded_spike_of_one_step_takes_as_many_spikes_as_its_value_has_digits():
    activation = Graded(kind="graded", bits=4, timesteps=(1,))
    for count in range(21):  # 4/3 of a threshold: beyond, two regular steps would be wanted
        _, spikes = sent(activation, THETA * count / 16, 1)
        assert spikes == fewest_powers(count)


def test_rounding_is_half_up_and_has_slope_one():
    value = torch.tensor([-0.5, 0.49, 0.5, 1.2], requires_grad=True)
    found = rounded(value)
    assert found.tolist() == [0, 0, 1, 1]
    found.sum().backward()
    assert value.grad.tolist() == [1] * 4


def test_the_threshold_learns_from_what_is_clipped_and_the_current_does_not():
    network = tunable(torch.nn.Sequential(conv(), torch.nn.ReLU(), conv()))
    (site,) = network.graph.sites
    send = Staircase(kind="staircase", levels=(4,)).sender(network, torch.zeros(1, 1, 2, 2), 4)
    z = torch.full((1, 1, 2, 2), 2 * THETA, requires_grad=True)
    send(network.graph[site.name], z).value.sum().backward()
    assert not z.grad.any()
    assert network.log_thresholds[site.name].grad.item() == pytest.approx(4 * THETA)


def test_a_rate_is_what_the_simulated_network_sends():
    module, steps = dncnn().eval(), 3
    network, picture = tunable(module), image(1, 1, 6, 5).float()
    activation = Rate(kind="rate", timesteps=(steps,))
    output, spikes = network(picture, activation.sender(network, picture, steps))
    spiking = Network.of(module)
    for site in spiking.graph.sites:
        kind = Relay if site.role == "relay" else FourLevels
        spiking.place(site, kind(torch.full((1, 1, 1, 1), THETA)))
    recording = next(simulate(spiking, picture, [steps]))
    torch.testing.assert_close(output.detach(), recording.output)
    assert sum(float(s.sum()) for s in spikes.values()) == recording.spikes


def test_the_gradient_of_a_rate_passes_where_the_currents_are_positive():
    network = tunable(chain())
    picture = image(1, 1, 6, 5).float()
    send = Rate(kind="rate", timesteps=(2,)).sender(network, picture, 2)
    site = network.graph[network.graph.sites[0].name]
    heard = []
    run(network.graph, picture, lambda s, z: heard.append((s, z)) or z.relu())
    z = heard[0][1].detach().requires_grad_()
    send(site, z).value.sum().backward()
    torch.testing.assert_close(z.grad, (z > 0).float())


def test_an_if_neuron_of_one_step_is_a_staircase_of_one_level():
    network = Network.of(chain())
    picture = image(1, 1, 6, 5).float()
    tuned = tunable(chain())
    for site in network.sites:
        network.place(site, IF(torch.full((1, 1, 1, 1), THETA), initial=THETA / 2))
    tuned = Tunable(network.graph, {s.name: torch.full((1, 1, 1, 1), THETA) for s in network.sites})
    activation = Staircase(kind="staircase", levels=(1,))
    output, _ = tuned(picture, activation.sender(tuned, picture, 1))
    torch.testing.assert_close(output.detach(), next(simulate(network, picture, [1])).output)
