"""Every method runs where its tensors are: all of it on one device, with the CPU's bits.

There need not be a GPU: `tests.impostor` is a device whose values are computed on the CPU.
"""

import sys
from collections import Counter
from copy import deepcopy
from pathlib import Path

import pytest
import torch
from torch import Tensor

from spikebench.ann.backbone import load_backbone, load_backbone_spec
from spikebench.conformance.brief import brief_state
from spikebench.conformance.nets import build, patches, picture
from spikebench.conformance.subject import convert, record, same
from spikebench.errors import Refusal
from spikebench.run import catalogue
from spikebench.run.load import load_config
from spikebench.snn import Network, load_method, simulate
from spikebench.snn.kernels import library
from spikebench.snn.model.tuned import TunedState
from tests.impostor import device, lent
from tests.methods.test_conformance import CONVERSIONS, FILES

NETS = ("plain", "residual", "pixel shuffle")
GRID = (2, 5)
QUICK = load_config(Path("config/quick.yaml"))
ROWS = [row for row in QUICK.methods if QUICK.method_name(row) in CONVERSIONS]
CELLS = [(row, backbone) for _, backbone, _ in QUICK.pairs() for row in ROWS]


@pytest.fixture(autouse=True)
def without_kernels(monkeypatch):
    """They add in another order than PyTorch does, which is what a device has."""
    for module in ("census", "library"):
        monkeypatch.setattr(f"spikebench.snn.kernels.{module}.available", lambda: False)
    assert not library.fits(torch.zeros(1, 1, 2, 2))


def on_device(networks: dict[int, Network]) -> dict[int, Network]:
    """Return copies on the device; networks that serve several T stay one."""
    copies = {id(one): deepcopy(one).to(device()) for one in networks.values()}
    return {time: copies[id(one)] for time, one in networks.items()}


@pytest.fixture
def triton(monkeypatch):
    """Neurons take their steps by Triton's kernels, as on a GPU."""
    if sys.platform != "linux":
        pytest.skip("triton is made for Linux")
    from tests.interpreted import fire_there

    taken = Counter()

    def fire(launches, currents):
        numbers = fire_there(launches, currents)
        if currents[0].device == device():
            taken["by triton" if numbers else "in PyTorch"] += len(launches)
        return numbers

    monkeypatch.setattr("spikebench.snn.engine.sites.fire", fire)
    return taken


def reads(network: Network, image: Tensor, time: int) -> int:
    """Return how often the host reads a number while `time` steps are simulated."""
    with lent() as there:
        list(simulate(network, image, [time]))
    return there.reads.total()


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("name", CONVERSIONS)
def test_it_gives_the_bits_of_the_cpu_without_leaving_the_device(name, net):
    try:
        networks = convert(load_method(FILES[name]), build(net), GRID)
    except Refusal:
        pytest.skip("the method refuses this network")
    expected = record(networks, picture())
    with lent():
        found = record(on_device(networks), picture().to(device()))
        assert all(one.output.device == device() for one in found)
        assert same([Recorded(one) for one in found], expected)
    assert [one.spike_kind for one in found] == [one.spike_kind for one in expected]


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("name", ["percentile_norm", "srp", "snm", "signed_if", "burst", "dcgs"])
def test_its_kernels_on_a_gpu_give_the_bits_of_the_cpu(name, net, triton):
    networks = convert(load_method(FILES[name]), build(net), GRID)
    expected = record(networks, picture())
    with lent():
        found = record(on_device(networks), picture().to(device()))
        assert same([Recorded(one) for one in found], expected)
    assert triton["by triton"] > 0
    assert triton["in PyTorch"] == 0


def test_a_kernel_takes_all_steps_of_a_layer_at_once(triton):
    """What is left for each step adds the last layer's spikes to the readout."""
    (network, *_) = convert(load_method(FILES["percentile_norm"]), build("plain"), GRID).values()
    counts = []
    for time in (4, 8, 16):
        with lent() as there:
            list(simulate(deepcopy(network).to(device()), picture().to(device()), [time]))
        counts.append(there.calls.total())
    assert (counts[2] - counts[1]) / 8 == (counts[1] - counts[0]) / 4 <= 4


@pytest.mark.parametrize(
    ("name", "net", "where"),
    [
        *((name, net, "device") for name in CONVERSIONS for net in NETS),
        *((name, "residual", "host") for name in ("signed_if", "dcgs", "spikingir", "radix")),
    ],
)
def test_an_image_of_a_batch_has_the_bits_and_counts_that_it_has_alone(name, net, where):
    """In float64: in float32 a batch may be convolved in another order than an image."""
    try:
        networks = convert(load_method(FILES[name]), build(net), GRID)
    except Refusal:
        pytest.skip("the method refuses this network")
    networks = {time: deepcopy(one).to(torch.float64) for time, one in networks.items()}
    images = [one.double() for one in (picture(), picture().flip(-1), picture() / 2)]
    alone = [record(networks, image) for image in images]
    batch = torch.cat(images)
    with lent():
        if where == "device":
            networks, batch = on_device(networks), batch.to(device())
        found = [next(simulate(net, batch, [t], apart=True)).images for t, net in networks.items()]
        for expected, image in zip(alone, zip(*found, strict=True), strict=True):
            assert same([Recorded(one) for one in image], expected)
            for one, other in zip(image, expected, strict=True):
                assert (one.neurons, one.spikes) == (other.neurons, other.spikes)
                assert (one.spike_kind, one.layers) == (other.spike_kind, other.layers)


@pytest.mark.parametrize(("row", "backbone"), CELLS)
def test_a_cell_of_the_quick_run_gives_the_bits_of_the_cpu(row, backbone):
    method = load_method(FILES[QUICK.method_name(row)], QUICK.methods[row].options)
    recipe, spec = QUICK.recipe(row), load_backbone_spec(backbone)
    state = TunedState.read(catalogue.committed_state(recipe, backbone)) if recipe else None
    module = load_backbone(spec, catalogue.embedded_weights(backbone)[0])
    network = method.apply(module, patches(), QUICK.grid(row)[-1:], state=state)
    networks = {QUICK.grid(row)[-1]: network}
    expected = record(networks, picture())
    with lent():
        found = record(on_device(networks), picture().to(device()))
        assert same([Recorded(one) for one in found], expected)


class Recorded:
    """A recording whose output was brought to the host."""

    def __init__(self, found) -> None:
        self.output = found.output.cpu()
        self.layers, self.state_ops = found.layers, found.state_ops
        self.latency_steps = found.latency_steps


@pytest.mark.parametrize("name", CONVERSIONS)
def test_nobody_waits_for_the_device_between_two_steps(name):
    method = load_method(FILES[name])
    network = convert(method, build("plain"), (3, 6))
    with lent():
        there, image = on_device(network), picture().to(device())
    assert reads(there[3], image, 3) == reads(there[6], image, 6)


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("name", CONVERSIONS)
def test_it_converts_on_the_device_as_on_the_cpu(name, net):
    method = load_method(FILES[name])
    state = brief_state(build(net), method.tuned) if method.tuned else None
    grid = GRID if method.anytime else GRID[:1]
    made = []
    for place in (torch.device("cpu"), device()):
        with lent():
            torch.manual_seed(0)
            try:
                network = method.apply(build(net), patches().to(place), grid, state=state)
            except Refusal:
                pytest.skip("the method refuses this network")
            made.append(network.to(torch.device("cpu")))
    for mine, other in zip(*(one.neurons.values() for one in made), strict=True):
        assert type(mine) is type(other)
        torch.testing.assert_close(mine.theta, other.theta)
    for network in made:
        assert record({GRID[0]: network})[0].output.isfinite().all()


def test_a_network_that_stayed_behind_is_noticed():
    (network, *_) = convert(load_method(FILES["max_norm"]), build("plain"), GRID).values()
    with lent(), pytest.raises(AssertionError, match="reads the device and the host"):
        record({2: network}, picture().to(device()))
