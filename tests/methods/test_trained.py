"""What was trained is what runs: spiking networks against the function they were trained as."""

import dataclasses
from pathlib import Path

import pytest
import torch
from torch import Tensor

from spikebench.conformance.brief import brief_state
from spikebench.conformance.nets import build, patches, picture
from spikebench.run import catalogue
from spikebench.snn import IF, Burst, Network, load_method, simulate
from spikebench.snn.model.tuned import TunedState
from spikebench.snn.toolbox.presimulation import Silenced
from spikebench.snn.toolbox.rehearsal import Shifted
from spikebench.training.finetune.network import Tunable
from spikebench.training.finetune.recipe import load_recipe


def trained(net: str, recipe: str) -> tuple[TunedState, Tensor]:
    """Return a state of a network of the check, and the picture restored as it was trained."""
    module = build(net)
    state, activation = brief_state(module, recipe), load_recipe(recipe, "denoise").activation
    graph = Network.of(module).graph
    state.load_into(graph)
    network = Tunable(graph, state.thresholds)
    with torch.no_grad():
        send = activation.sender(network, picture(), activation.choices[0])
        return state, network(picture(), send)[0]


def run(name: str, net: str, state: TunedState, steps: int, **options) -> Tensor:
    options |= {"tuned": state.about["recipe"]}
    method = load_method(catalogue.method_file(name, [Path("methods")]), options)
    network = method.apply(build(net), patches(), (steps,), state=state)
    return next(simulate(network, picture(), [steps])).output


@pytest.mark.parametrize("net", ["plain", "residual", "pixel shuffle"])
def test_st_bif_settles_at_the_quantised_network_it_was_trained_as(net):
    state, expected = trained(net, "fast_snn_3")
    torch.testing.assert_close(run("st_bif", net, state, 80), expected, rtol=0, atol=1e-5)
    assert not torch.allclose(run("st_bif", net, state, 1), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("net", ["plain", "residual", "pixel shuffle"])
def test_the_quantised_twin_is_the_trained_network_at_every_t(net):
    state, expected = trained(net, "fast_snn_3")
    for steps in (1, 5):
        torch.testing.assert_close(run("qann", net, state, steps), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("net", ["plain", "pixel shuffle"])
def test_spiking_unet_runs_at_the_rates_it_was_trained_for(net):
    state, expected = trained(net, "spiking_unet")
    torch.testing.assert_close(run("spiking_unet", net, state, 4), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("net", ["plain", "residual", "pixel shuffle"])
@pytest.mark.parametrize("shrunk", [1.0, 0.05])
def test_graded_reuse_says_what_it_was_trained_to_say_however_small_thresholds_became(net, shrunk):
    """Training may make them small: a value is then many thresholds, and none is cut off."""
    module, recipe = build(net), "graded_quality"
    state = brief_state(module, recipe)
    smaller = {site: theta * shrunk for site, theta in state.thresholds.items()}
    state = dataclasses.replace(state, thresholds=smaller)
    graph = Network.of(module).graph
    state.load_into(graph)
    activation = load_recipe(recipe, "denoise").activation
    with torch.no_grad():
        network = Tunable(graph, smaller)
        expected = network(picture(), activation.sender(network, picture(), 1))[0]
    options = {"places": activation.bits, "cpm": False, "spiking_output": False}
    found = run("graded_reuse", net, state, 1, **options)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5)


def test_a_state_of_another_kind_has_no_levels_to_quantise_to():
    state, _ = trained("plain", "spiking_unet")
    for name in ("qann", "st_bif"):
        with pytest.raises(Exception, match="trains for rate spikes, which have no fixed levels"):
            run(name, "plain", state, 4)


@pytest.mark.parametrize(
    ("protocol", "neuron"), [("plain", IF), ("srp", Silenced), ("cos", Shifted), ("group", Burst)]
)
def test_qcfs_runs_as_the_protocol_asks_at_the_trained_thresholds(protocol, neuron):
    state, _ = trained("plain", "qcfs_8")
    method = load_method(Path("methods/qcfs.py"), {"protocol": protocol})
    network = method.apply(build("plain"), patches(), (4,), state=state)
    members = 4 if protocol == "group" else 1
    for site in network.sites:
        placed = network.neurons[site.name]
        assert type(placed) is neuron
        torch.testing.assert_close(placed.theta * members, state.thresholds[site.name])
        torch.testing.assert_close(placed.initial, placed.theta / 2)


@pytest.mark.parametrize("name", ["qcfs", "fast_snn"])
def test_the_first_layer_says_in_l_steps_what_it_was_trained_to_say(name):
    recipe = {"qcfs": "qcfs_8", "fast_snn": "fast_snn_3"}[name]
    state, _ = trained("plain", recipe)
    method = load_method(catalogue.method_file(name, [Path("methods")]), {"tuned": recipe})
    network = method.apply(build("plain"), patches(), (1,), state=state)
    first = network.sites[0].name
    until = network.until(first)
    sent = next(simulate(until, picture(), [state.levels])).output
    activation = load_recipe(recipe, "denoise").activation
    tuned = Tunable(until.graph, state.thresholds)
    with torch.no_grad():
        expected, _ = tuned(picture(), activation.sender(tuned, picture(), state.levels))
    torch.testing.assert_close(sent, expected, rtol=0, atol=1e-5)
