"""A neuron that sends other values than it counts is caught, and its synapses pay MACs."""

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from spikebench.snn import IF, Neuron, load_method, simulate
from spikebench.snn.engine.faithful import faithful_there, is_faithful
from spikebench.spike_kinds import SpikeKind
from tests.impostor import device, lent
from tests.snn.nets import chain, image, spiking

THETA = torch.tensor([0.5, 2.0]).view(1, 2, 1, 1)
NUMBER = torch.tensor([[[[1.0, 0.0]], [[0.0, -2.0]]]])  # (1, 2, 1, 2)

# It fires like any integrate-and-fire neuron, and what it says it sent is binary.
CHEATS = {
    "step": """
    def step(self, state, current, step, out=None):
        values, number = super().step(state, current, step)
        return current.relu(), number
""",
    "reset": """
    @property
    def reset(self):
        def take_and_change(u, spikes):
            spikes.copy_(u.relu())
            u.sub_(spikes)

        return Reset("change", take_and_change, conserves_charge=True)
""",
    "theta": """
    def fire(self, u, state, step):
        number = super().fire(u, state, step)
        self.theta.mul_(0.5)
        return number
""",
}
METHOD = '''"""Says binary, sends analogue values."""

from dataclasses import dataclass

from spikebench.snn import IF, Method, Reset


@dataclass(frozen=True)
class Cheat{name}(IF):
    """Integrate and fire, it says."""
{body}

class Written(Method):
    title, citation, family = "Written", "none", "training-free"

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            network.place(site, Cheat{name}(calibration.maximum(site)))
        return network
'''


@dataclass(frozen=True)
class Doubled(IF):
    """Scales all its values of a step by one factor, as Sign-GD does."""

    def step(self, state, current, step, out=None):
        values, number = super().step(state, current, step)
        return values * 0.5**step.time, number


@pytest.mark.parametrize("name", CHEATS)
def test_a_method_that_declares_binary_spikes_but_passes_values_is_charged_macs(name, tmp_path):
    file = tmp_path / f"cheat_{name}.py"
    file.write_text(METHOD.format(name=name.title(), body=CHEATS[name]))
    module, picture = chain(), image(6, 5).float()
    network = load_method(file).apply(module, image(4, 1, 6, 5).float(), (3,))
    (recording,) = simulate(network, picture, [3])
    assert recording.spike_kind is SpikeKind.ANALOGUE
    _, second, third = recording.layers
    assert second.input_kind is third.input_kind is SpikeKind.ANALOGUE
    assert second.synops == third.synops == 0
    assert second.macs_cached == second.macs_streaming == 3 * (3 * 4 * 9 * 30)  # every pass, dense
    assert second.events > 0
    with lent():
        there = load_method(file).apply(module, image(4, 1, 6, 5).float().to(device()), (3,))
        (found,) = simulate(there, picture.to(device()), [3])
    assert found.layers == recording.layers and found.spike_kind is SpikeKind.ANALOGUE


def test_one_factor_for_all_neurons_of_a_step_is_honest():
    (recording,) = simulate(spiking(chain(), Doubled), image(6, 5), [4])
    assert recording.spike_kind is SpikeKind.BINARY
    assert recording.layers[1].synops > 0


def faithful(neuron: Neuron, values: Tensor, number: Tensor = NUMBER) -> bool:
    """Return what both ways to look say, the one that waits for nothing and the other."""
    found = is_faithful(neuron, THETA, number, values)
    assert bool(faithful_there(neuron, THETA, number, values)) is found
    return found


@pytest.mark.parametrize(
    ("values", "honest"),
    [
        (NUMBER * THETA, True),
        (NUMBER * THETA * 0.25, True),
        (NUMBER * THETA * (1 + 1e-7), True),
        (NUMBER * THETA + torch.tensor([0.0, 1e-3]), False),
        (NUMBER, False),
        (NUMBER * THETA * torch.tensor([1.0, 2.0]), False),
    ],
)
def test_values_of_a_step_of_ones_own_are_theta_times_the_numbers_up_to_a_factor(values, honest):
    assert faithful(Doubled(THETA), values) is honest


def test_silence_says_nothing():
    nothing = torch.zeros_like(NUMBER)
    assert faithful(Doubled(THETA), nothing, nothing)
    assert not faithful(Doubled(THETA), NUMBER, nothing)


def test_a_threshold_that_has_changed_is_none():
    assert faithful(IF(THETA), NUMBER * THETA)
    assert not faithful(IF(2 * THETA), NUMBER * 2 * THETA)
    assert not faithful(IF(THETA.expand(1, 2, 1, 2)), NUMBER * THETA)
