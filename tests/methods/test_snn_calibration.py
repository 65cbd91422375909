"""SNN Calibration: what each stage leaves of the difference to the ANN."""

from pathlib import Path

import pytest
import torch

from spikebench.snn import Calibration, Network, Step, load_method, simulate
from spikebench.snn.calibration.layerwise import activation_gap
from tests.snn.nets import chain, dncnn, espcn, image

PLAIN, ADVANCED = Path("methods/snn_calibration.py"), Path("methods/snn_calibration_advanced.py")
T = 16


def patches():
    return image(4, 1, 8, 8, seed=1).float()


def gaps(network: Network, calibration: Calibration) -> torch.Tensor:
    """Return the mean differences to the ANN of all channels of all layers."""
    found = [activation_gap(network, calibration, site, T).flatten() for site in network.sites]
    return torch.cat(found)


@pytest.mark.parametrize("build", [dncnn, espcn])
@pytest.mark.parametrize("stage", ["light", "potential"])
def test_the_mean_of_every_layer_comes_nearer_to_the_anns(build, stage):
    module, left = build(), {}
    calibration = Calibration.of(Network.of(module), patches())
    for name in ("threshold", stage):
        network = load_method(PLAIN, {"stage": name}).apply(module, patches(), (T,))
        left[name] = gaps(network, calibration).abs()
    assert left[stage].mean() < 0.5 * left["threshold"].mean()


def test_at_t_the_shift_is_a_start_at_half_a_threshold():
    network = load_method(PLAIN, {"stage": "threshold"}).apply(chain(), patches(), (T,))
    first = network.neurons[network.sites[0].name]
    z = network.graph.synapses[0].module(patches()).detach()
    (recording,) = simulate(network.until(network.sites[0].name), patches(), [T])
    sent = (z * T / first.theta + 0.5).floor().clamp(0, T) * first.theta / T
    differ = (recording.output - sent).abs() > 1e-5
    assert differ.float().mean() < 0.01  # ties, on which single precision may round either way


@pytest.mark.parametrize("build", [dncnn, espcn])
def test_half_a_threshold_at_the_start_is_read_right_from_the_first_step(build):
    """A constant current of theta/2 fires at step 1 then; a shift of theta/2T a step is late."""
    options = {"stage": "threshold", "per_channel": True, "rounding": "nearest"}
    for half, fires in (("start", True), ("step", False)):
        network = load_method(PLAIN, options | {"half": half}).apply(build(), patches(), (T,))
        neuron = network.neurons[network.sites[0].name]
        state = neuron.start(torch.zeros(1, neuron.theta.numel(), 1, 1))
        _, number = neuron.step(state, 0.5 * neuron.theta, Step(1))
        assert bool(number.all()) is fires
        assert fires or not number.any()


def test_the_search_of_the_nearest_level_is_that_of_a_brute_force():
    module, options = chain(), {"stage": "threshold", "rounding": "nearest"}
    network = load_method(PLAIN, options).apply(module, patches(), (T,))
    site = network.sites[0]
    activation = Calibration.of(Network.of(module), patches()).activation(site)

    def error(theta: torch.Tensor) -> torch.Tensor:
        level = (activation * T / theta + 0.5).floor().clamp(0, T) * theta / T
        return (level - activation).double().square().mean()

    others = torch.linspace(0.2, 1.0, 81) * activation.max()
    assert error(network.neurons[site.name].theta) <= 1.01 * min(error(theta) for theta in others)


def test_the_advanced_stage_changes_weights_of_the_network_but_not_of_the_backbone():
    module = chain()
    before = [module[index].weight.clone() for index in (0, 2, 4)]
    options = {"passes": 2, "rate": 1e-2}
    network = load_method(ADVANCED, options).apply(module, patches(), (T,))
    after = [node.module.weight for node in network.graph.synapses]
    assert [torch.equal(a, b) for a, b in zip(before, after, strict=True)] == [False, False, True]
    assert all(torch.equal(a, module[i].weight) for a, i in zip(before, (0, 2, 4), strict=True))


def test_without_descent_the_advanced_stage_is_the_potential_stage():
    module = chain()
    runs = [
        load_method(ADVANCED, {"rate": 0.0}).apply(module, patches(), (T,)),
        load_method(PLAIN, {"stage": "potential"}).apply(module, patches(), (T,)),
    ]
    outputs = [next(simulate(network, patches(), [T])).output for network in runs]
    assert torch.equal(*outputs)
