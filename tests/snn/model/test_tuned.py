"""Fine-tuned states: written, read, and given to a network of the same backbone."""

import pytest
import torch
from torch import nn
from torch.nn.functional import relu

from spikebench.errors import BenchError
from spikebench.snn import IF, Method, Network
from spikebench.snn.model.tuned import TunedState, owners
from tests.snn.nets import Net, chain, conv, image

ABOUT = {
    "recipe": "mine",
    "backbone": "net",
    "settings": {"activation": {"kind": "staircase", "levels": [7]}},
}


def state_of(module: nn.Module, **about) -> TunedState:
    graph = Network.of(module).graph
    thetas = {site.name: torch.full((1, 1, 1, 1), 0.5) for site in graph.sites}
    return TunedState.of(graph, thetas, ABOUT | about)


def shared() -> nn.Module:
    return Net(
        lambda net, x: net.exit(relu(net.body(relu(net.body(relu(net.entry(x))))))),
        entry=conv(1, 3),
        body=conv(3, 3),
        exit=conv(3, 1),
    )


def test_what_is_written_is_read(tmp_path):
    state = state_of(chain())
    state.write(tmp_path / "state")
    again = TunedState.read(tmp_path / "state")
    assert again.about == state.about
    for mine, other in ((state.weights, again.weights), (state.thresholds, again.thresholds)):
        assert mine.keys() == other.keys()
        assert all(torch.equal(mine[key], other[key]) for key in mine)


def test_calls_of_one_module_stay_calls_of_one_module():
    module = shared()
    graph = Network.of(module).graph
    assert len(graph.synapses) == 4
    assert len(owners(graph)) == 3
    state = state_of(shared())  # other weights
    state.load_into(graph)
    first, second = (node.module for node in graph.synapses[1:3])
    assert first is second
    assert torch.equal(first.weight, state.weights[f"{graph.synapses[1].name}/weight"])
    assert not torch.equal(first.weight, module.body.weight)


def test_a_damaged_file_and_another_one_are_refused(tmp_path):
    (tmp_path / "state").write_bytes(b"damaged")
    with pytest.raises(BenchError, match="cannot be read"):
        TunedState.read(tmp_path / "state")


def test_another_backbone_s_state_is_refused():
    with pytest.raises(BenchError, match=r"recipe 'mine' does not fit synapse .* backbone net"):
        state_of(shared()).load_into(Network.of(chain()).graph)


def test_values_that_are_not_finite_are_refused():
    state = state_of(chain())
    next(iter(state.thresholds.values())).fill_(torch.nan)
    with pytest.raises(BenchError, match="NaN or infinite"):
        state.load_into(Network.of(chain()).graph)


def test_levels_are_those_of_a_staircase():
    assert state_of(chain()).levels == 7
    graded = {"activation": {"kind": "graded", "bits": 3, "timesteps": [1]}}
    with pytest.raises(BenchError, match="trains for graded spikes"):
        _ = state_of(chain(), settings=graded).levels


class Tuned(Method):
    title, citation, family = "Tuned", "none", "training-free"

    tuned: str = "mine"

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            network.place(site, IF(calibration.trained(site)))
        return network


class Untuned(Tuned):
    tuned: str = ""


def test_a_method_gets_trained_weights_and_thresholds_and_the_backbone_keeps_its_own():
    module, patches = chain().eval(), image(2, 1, 6, 6).float()
    before = {key: value.clone() for key, value in module.state_dict().items()}
    state = state_of(chain())
    network = Tuned().apply(module, patches, (1,), state=state)
    for node in network.graph.synapses:
        assert torch.equal(node.module.weight, state.weights[f"{node.name}/weight"])
    assert all(neuron.theta.item() == 0.5 for neuron in network.neurons.values())
    assert all(torch.equal(value, before[key]) for key, value in module.state_dict().items())
    assert Tuned().family == "trained"
    assert Untuned().family == "training-free"


@pytest.mark.parametrize(
    ("method", "state", "message"),
    [
        (Tuned(), None, r"needs the state of recipe 'mine', and was given none\. Write `tuned"),
        (Tuned(tuned="other"), "mine", r"needs the state of recipe 'other', and was given mine"),
        (Untuned(), "mine", r"was given the state of recipe 'mine' unasked"),
        (Untuned(), None, r"No threshold was trained for site .* option `tuned`"),
    ],
)
def test_a_state_that_is_missing_or_another_stops_the_conversion(method, state, message):
    with pytest.raises(BenchError, match=message):
        method.apply(chain(), image(1, 1, 6, 6).float(), (1,), state=state and state_of(chain()))
