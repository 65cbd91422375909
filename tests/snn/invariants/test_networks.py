"""What holds for whole networks: I11, I14, I15, I16, I18 and I19."""

import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.testing import assert_close

from spikebench.snn import IF, Network, SignedIF, simulate
from spikebench.snn.engine.simulation import Simulation
from spikebench.snn.graph.forward import run_ann
from tests.snn.invariants.trains import Heard, lively_chain, seeds, sixteenths
from tests.snn.nets import Net, conv, image, spiking

few = settings(max_examples=15)
EXACT = {"atol": 1e-12, "rtol": 1e-12}
powers = st.integers(-3, 1).map(lambda exponent: 2.0**exponent)


def dyadic(seed: int, *shape: int) -> Tensor:
    return sixteenths(image(*shape, seed=seed))


@few
@given(seeds, st.floats(0.2, 0.6))
def test_i11_the_limit_is_the_ann_whose_activations_are_clipped_at_the_thresholds(seed, theta):
    chain, picture = lively_chain(seed), image(4, 4, seed=seed)
    network = spiking(chain, theta=theta)
    clipped = run_ann(network.graph, picture, activate=lambda site, x: x.clamp(0, theta))
    early, late = simulate(network, picture, [64, 1024])
    before, after = ((recording.output - clipped).abs().max() for recording in (early, late))
    assert 1024 * after < 4 * max(64 * before, 1.0)
    if (chain(picture) - clipped).abs().max() > 0.2:
        assert (late.output - chain(picture)).abs().max() > 0.1


@few
@given(seeds, st.integers(1, 7), powers)
def test_i14_linear_wiring_applied_to_sums_is_applied_at_every_step(seed, total, theta):
    """The simulation runs what is linear behind the last neurons once, on the sums."""

    def tail(net: Net, first: Tensor, second: Tensor) -> Tensor:
        joined = torch.cat([F.avg_pool2d(first, 2), second], dim=1)
        shuffled = F.pixel_shuffle(net.last(joined), 2)
        return shuffled + F.interpolate(first[:, :1], scale_factor=1)

    def compute(net: Net, x: Tensor) -> Tensor:
        first = F.relu(net.a(x))
        return tail(net, first, F.relu(net.b(F.avg_pool2d(first, 2)))) - x

    net = Net(compute, a=conv(1, 4), b=conv(4, 3), last=conv(7, 4)).double().requires_grad_(False)
    picture = image(6, 8, seed=seed)
    network = spiking(net, theta=theta / 4)
    heard = Heard(network)
    (recording,) = simulate(network, picture, [total], heard)
    steps = [tail(net, *spikes) for spikes in zip(*heard.values(), strict=True)]
    assert_close(recording.output, sum(steps) / total - picture, **EXACT)


@few
@given(seeds, st.sets(st.integers(1, 9), min_size=1, max_size=4), powers, st.booleans())
def test_i15_every_prefix_of_a_run_is_the_run_to_there(seed, grid, theta, signed):
    neuron = SignedIF if signed else IF
    network = spiking(lively_chain(seed), neuron, theta=theta, initial=theta / 2)
    picture = image(5, 4, seed=seed)
    for recording in simulate(network, picture, [*grid, 10]):
        (alone,) = simulate(network, picture, [recording.timesteps])
        assert torch.equal(alone.output, recording.output)
        assert (alone.layers, alone.spikes) == (recording.layers, recording.spikes)


@few
@given(seeds, st.data(), powers)
def test_i15_a_tile_is_the_full_image_but_for_the_receptive_field(seed, data, theta):
    """Three 3x3 convolutions see three pixels around; their sums are exact in dyadic numbers."""
    network, picture = spiking(lively_chain(seed), theta=theta), dyadic(seed, 13, 12)
    top, left = data.draw(st.integers(0, 4)), data.draw(st.integers(0, 4))
    bottom, right = data.draw(st.integers(11, 13)), data.draw(st.integers(11, 12))
    (full,) = simulate(network, picture, [4])
    (tile,) = simulate(network, picture[..., top:bottom, left:right], [4])
    inner = [top + 3 * (top > 0), bottom - 3 * (bottom < 13)]
    across = [left + 3 * (left > 0), right - 3 * (right < 12)]
    assert torch.equal(
        tile.output[..., slice(*(y - top for y in inner)), slice(*(x - left for x in across))],
        full.output[..., slice(*inner), slice(*across)],
    )


@few
@given(st.sampled_from([1, 3, 5, 7]), st.integers(4, 12), st.integers(4, 12), st.integers(1, 4))
def test_i16_synops_of_a_uniform_rate_lack_the_border(size, height, width, total):
    """A kernel of odd size k reaches k n - (k^2 - 1) / 4 of n positions: 3 n - 2 for k = 3."""
    module = nn.Sequential(conv(1, 3), nn.ReLU(), conv(3, 2, size))
    module[0].bias.data.fill_(100)
    (recording,) = simulate(spiking(module), image(height, width), [total])
    reached = [size * n - (size**2 - 1) // 4 for n in (height, width)]
    assert recording.layers[-1].synops == total * 3 * 2 * reached[0] * reached[1]


@few
@given(seeds, st.lists(powers, min_size=2, max_size=2), st.booleans())
def test_i18_single_precision_is_exact_in_dyadic_numbers(seed, thetas, signed):
    picture, outputs, trains = dyadic(seed, 5, 4), [], []
    for dtype in (torch.float64, torch.float32):
        network = Network.of(lively_chain(seed))
        for site, theta in zip(network.sites, thetas, strict=True):
            neuron = SignedIF if signed else IF
            network.place(site, neuron(torch.tensor(theta), initial=theta / 2))
        network.to(dtype)
        heard = Heard(network)
        (recording,) = simulate(network, picture.to(dtype), [8], heard)
        assert recording.output.dtype == dtype
        outputs.append(recording.output.double())
        trains.append([torch.stack(train).double() for train in heard.values()])
    assert torch.equal(*outputs)
    assert all(torch.equal(*pair) for pair in zip(*trains, strict=True))


def spectral_norm(layer: nn.Conv2d, height: int, width: int) -> Tensor:
    """Return the largest singular value of the convolution as a matrix on the image."""
    size = layer.in_channels * height * width
    basis = torch.eye(size, dtype=torch.float64).view(size, layer.in_channels, height, width)
    answers = F.conv2d(basis, layer.weight, padding=layer.padding).flatten(1)
    return torch.linalg.matrix_norm(answers, 2)


@few
@given(seeds, st.integers(1, 12), st.floats(0.1, 0.6), st.sampled_from([0, 0.5]))
def test_i19_the_error_is_bounded_by_local_errors_times_spectral_norms(seed, total, theta, start):
    """ReLU contracts, so e_l, by which layer l misses ReLU of its own mean current z, arrives
    at the output magnified by no more than the norms of the layers behind it.

    e_l is read from the membranes: a layer sends z - (v_T - v_0) / T on average (I4).
    """
    chain, picture = lively_chain(seed), image(4, 4, seed=seed)
    convolutions = [layer for layer in chain if isinstance(layer, nn.Conv2d)]
    norms = [spectral_norm(layer, 4, 4) for layer in convolutions[1:]]
    network = spiking(chain, theta=theta, initial=start * theta)
    with torch.inference_mode():
        simulation = Simulation(network, picture)
        (recording,) = network.protocol.run(simulation, [total])
    mean, local = picture, []
    for site, layer in zip(network.sites, convolutions, strict=False):
        current = layer(mean)
        mean = current - (simulation.sites.states[site.name]["v"] - start * theta) / total
        local.append((mean - current.relu()).norm())
    assert_close(recording.output, convolutions[-1](mean), **EXACT)
    bound = local[0] * norms[0] * norms[1] + local[1] * norms[1]
    error = (recording.output - chain(picture)).norm()
    assert error <= bound * (1 + 1e-9)


def test_i19_local_errors_add_up_to_the_bound_where_the_layers_only_scale():
    """1x1 convolutions of one channel, all errors of one sign: the inequality is an equality."""
    chain = nn.Sequential(conv(size=1), nn.ReLU(), conv(size=1), nn.ReLU(), conv(size=1)).double()
    for layer, gain in zip([chain[0], chain[2], chain[4]], (1.0, 0.75, 3.0), strict=True):
        layer.weight.data.fill_(gain)
        layer.bias.data.zero_()
    picture = torch.full((1, 1, 2, 2), 0.7, dtype=torch.float64)
    (recording,) = simulate(spiking(chain, theta=1.0), picture, [4])
    first, second = 2 / 4, 1 / 4  # by hand: 0.7 and 0.75 * 2 spikes, four steps, rounded down
    local = [0.7 - first, 0.75 * first - second]
    error = chain(picture) - recording.output
    assert_close(error, torch.full_like(error, local[0] * 0.75 * 3 + local[1] * 3))
