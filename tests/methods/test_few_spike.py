"""Few-spike neurons: the authors' closed form, and radix where half a level is added."""

import math
from pathlib import Path

import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.conformance.nets import patches
from spikebench.snn import Step, load_method, simulate
from tests.snn.nets import dncnn, image

FILE = Path("methods/few_spike.py")
K = 6


@given(st.integers(-200, 200))
def test_a_neuron_sends_what_the_authors_fast_path_computes(x):
    """alpha 2^-K floor(2^K min(max(x, 0), alpha (1 - 2^-K)) / alpha), also on the grid."""
    network = load_method(FILE).apply(dncnn(), patches(), (2**K - 1,))
    neuron = network.to(torch.float64).neurons[network.sites[0].name]
    largest = neuron.theta.flatten()[0].item()
    alpha = largest / (1 - 2.0**-K)
    z = alpha * x / 128  # every second one on the grid
    whole = torch.zeros(1, neuron.theta.shape[1], 1, 1, dtype=torch.float64)
    whole[0, 0] = z * (1 + 1e-12)  # a grid point is not rounded below itself
    state = neuron.start(whole)
    sent = sum(neuron.step(state, whole, Step(time))[0] for time in range(1, K + 1))
    cut = min(max(z, 0.0), largest)
    expected = alpha * 2.0**-K * math.floor(2**K * cut / alpha * (1 + 1e-12))
    assert abs(sent[0, 0].item() - expected) < 1e-9 * alpha


def test_with_half_a_level_it_is_radix():
    found = []
    for name, options in (("few_spike", {"round": True}), ("radix", {})):
        torch.manual_seed(0)
        method = load_method(Path(f"methods/{name}.py"), options)
        network = method.apply(dncnn(), patches(), (32,))
        found += simulate(network, image(9, 8).float(), [32])
    assert torch.equal(found[0].output, found[1].output)
    assert found[0].layers == found[1].layers
