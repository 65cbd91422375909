"""By events or from dense maps, steps together or one by one: nothing that is shown changes."""

from importlib import import_module
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from skimage.data import camera
from skimage.metrics import peak_signal_noise_ratio
from torch import nn

from spikebench.ann.backbone import build, load_backbone_spec
from spikebench.snn import IF, Network, SignedIF, load_method, simulate
from spikebench.snn.engine import currents
from spikebench.snn.kernels import library
from spikebench.snn.model.neurons import MultiThreshold
from spikebench.snn.model.recording import Recording

pytestmark = pytest.mark.skipif(not library.available(), reason="the kernels were not compiled")

BACKBONE = "dncnn_tiny_s25"
METHODS = ("percentile_norm", "dcgs", "graded_reuse")
OTHERS = (
    "srp",
    "spikingir",
    "cos",
    "snm",
    "burst",
    "signed_if",
    "multi_threshold",
    "group_neuron",
    "sign_gd",
)
UNIT = 1 / 16


@pytest.fixture
def both_ways(monkeypatch):
    """Run a network by events wherever that can be, then from dense maps alone."""

    def run(network: Network, image: torch.Tensor, timesteps: int) -> list[Recording]:
        found = []
        for densest in (1.0, -1.0):
            monkeypatch.setattr(currents, "DENSEST", densest)
            found += simulate(network, image, [timesteps])
        return found

    return run


def exact(shape: tuple[int, ...], largest: int, seed: int) -> torch.Tensor:
    """Return multiples of 1/16: their sums and products here are exact in float32, in any order."""
    random = torch.Generator().manual_seed(seed)
    return torch.randint(-largest, largest + 1, shape, generator=random) * UNIT


@pytest.mark.parametrize("neuron", [IF, SignedIF, MultiThreshold])
@pytest.mark.parametrize("seed", range(4))
def test_in_exact_arithmetic_both_ways_give_the_same_bits(neuron, seed, both_ways):
    module = nn.Sequential(
        *(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(16, 16, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(16, 8, 5, padding=2, groups=2), nn.ReLU()),
        nn.Conv2d(8, 1, 3, padding=1),
    )
    for index, parameter in enumerate(module.parameters()):
        parameter.data = exact(tuple(parameter.shape), 6, 9 * seed + index)
    network = Network.of(module)
    for site in network.sites:
        network.place(site, neuron(torch.tensor(0.5)))
    events, dense = both_ways(network, exact((2, 1, 11, 9), 16, seed).abs(), 8)
    assert events.layers == dense.layers
    assert torch.equal(events.output, dense.output)
    assert events.spikes > 0


@pytest.fixture(scope="module")
def clean():
    return torch.from_numpy(camera()[:96, 200:264] / 255).float()[None, None]


@pytest.fixture(scope="module")
def noisy(clean):
    return clean + 25 / 255 * torch.randn(clean.shape, generator=torch.Generator().manual_seed(0))


def converted(method: str, patches: torch.Tensor) -> Network:
    module = build(load_backbone_spec(BACKBONE))
    module.load_state_dict(load_file(Path(f"backbones/weights/{BACKBONE}.safetensors")))
    converter = load_method(Path(f"methods/{method}.py"), {})
    return converter.apply(module.eval(), patches, timesteps=(8,))


@pytest.mark.parametrize("method", [*METHODS, *OTHERS])
def test_steps_that_are_taken_together_are_the_steps_one_by_one(method, noisy, monkeypatch):
    network = converted(method, noisy[..., :48, :])
    together = list(simulate(network, noisy[..., :48, :], [8]))
    monkeypatch.setattr(import_module("spikebench.snn.engine.simulation"), "TOGETHER", 1)
    for one, other in zip(simulate(network, noisy[..., :48, :], [8]), together, strict=True):
        assert torch.equal(one.output, other.output)
        assert (one.layers, one.spikes, one.state_ops, one.latency_steps) == (
            *(other.layers, other.spikes, other.state_ops, other.latency_steps),
        )


@pytest.mark.parametrize("method", METHODS)
def test_rounding_moves_no_digit_of_a_psnr(method, clean, noisy, both_ways):
    events, dense = both_ways(converted(method, noisy[..., :48, :]), noisy, 8)
    found, expected = (
        peak_signal_noise_ratio(clean.numpy(), run.output.numpy(), data_range=1)
        for run in (events, dense)
    )
    assert found == pytest.approx(expected, abs=1e-3)
    assert events.spikes == pytest.approx(dense.spikes, rel=1e-4)
