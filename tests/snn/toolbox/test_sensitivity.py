"""What quantising one layer costs, and the best choice within a budget."""

from itertools import product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spikebench.errors import BenchError
from spikebench.snn import Calibration, Network
from spikebench.snn.graph.forward import run_ann
from spikebench.snn.toolbox.sensitivity import choose, sensitivity
from tests.snn.nets import chain, image

numbers = st.lists(st.integers(0, 20), min_size=3, max_size=3)
table = st.lists(numbers, min_size=1, max_size=4)


@settings(max_examples=60)
@given(data=st.data(), errors=table, budget=st.sampled_from([10, 20, 40]))
def test_the_choice_is_the_best_of_all_that_fit(data, errors, budget):
    """Spikes divide the 1000 shares evenly here, so that nothing is rounded."""
    spikes = [data.draw(numbers) for _ in errors]
    every = list(product(range(3), repeat=len(errors)))
    fitting = [c for c in every if cost(spikes, c) <= budget]
    tables = torch.tensor(errors).double(), torch.tensor(spikes).double()
    if not fitting:
        with pytest.raises(BenchError, match="Use a larger budget"):
            choose(*tables, budget)
        return
    chosen = choose(*tables, budget)
    assert cost(spikes, chosen) <= budget
    assert cost(errors, chosen) == min(cost(errors, c) for c in fitting)


def cost(rows, choice) -> int:
    return sum(row[option] for row, option in zip(rows, choice, strict=True))


def test_one_layer_is_quantised_and_its_spikes_are_counted():
    patches = image(3, 1, 6, 6).float()
    network = Network.of(chain())
    calibration = Calibration.of(network, patches)
    target, site = run_ann(network.graph, patches), network.sites[1]
    theta = calibration.maximum(site)
    options = {"theta": theta, "cap": 1, "target": target}
    coarse, few = sensitivity(network, calibration, site, levels=1, **options)
    fine, many = sensitivity(network, calibration, site, levels=256, **options)
    active = calibration.activation(site)
    spikes = (active >= theta / 2) * theta
    last = network.graph.synapses[-1].module
    torch.testing.assert_close(coarse, (last(spikes) - target).square().mean().item())
    assert few == pytest.approx((active >= theta / 2).sum().item())
    assert fine < 1e-3 * coarse
    assert many == pytest.approx(256 * (active / theta).sum().item(), rel=0.01)
