"""SpikingJelly 2's signed neuron and local threshold balancing against ours, fp64."""

from importlib.metadata import version
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from spikebench.snn import SignedIF, Step, load_method, simulate
from tests.snn.nets import chain, image

pytest.importorskip("spikingjelly", reason="SpikingJelly is an optional peer")
if version("spikingjelly").split(".")[0] != "2":
    pytest.skip("its recipes are those of SpikingJelly 2", allow_module_level=True)

from spikingjelly.activation_based import ann2snn, functional, neuron

LTB = Path("methods/ltb.py")
EXACT = {"atol": 1e-12, "rtol": 1e-12}
FLOOR = 1e-6  # of a threshold, in their recipe and in ours
NO_LIMIT = 10_000
trains = st.lists(st.integers(-64, 64), min_size=1, max_size=16)


def ours(train: list[int], theta: float) -> tuple[list[float], float]:
    """Return what a signed neuron sends at each step, and its last potential."""
    node = SignedIF(torch.tensor(theta).double(), initial=theta / 2)
    state = node.start(torch.zeros(1, dtype=torch.float64))
    currents = [torch.tensor([z / 16], dtype=torch.float64) for z in train]
    sent = [node.step(state, z, Step(t))[0].item() for t, z in enumerate(currents, 1)]
    return sent, state["v"].item()


def theirs(train: list[int], theta: float, most: int = NO_LIMIT) -> tuple[list[float], float]:
    node = neuron.STBIFNode(theta, level=most + 1)
    sent = [node(torch.tensor([z / 16], dtype=torch.float64)).item() for z in train]
    return sent, node.q.item() * theta


@given(trains, st.integers(-3, 2).map(lambda exponent: 2.0**exponent))
def test_st_bif_without_an_upper_level_is_our_signed_neuron_from_half_a_threshold(train, theta):
    assert ours(train, theta) == theirs(train, theta)


@given(trains, st.integers(1, 4))
def test_st_bif_withholds_what_exceeds_its_level_where_ours_sends_on(train, most):
    """Their sum stays <= level - 1, as in a quantiser; ours has no bound, as ReLU has none."""
    (mine, _), (other, q) = ours(train, 1.0), theirs(train, 1.0, most)
    sums = torch.tensor(other).cumsum(0)
    assert 0 <= sums.min() <= sums.max() <= most
    if torch.tensor(mine).cumsum(0).max() <= most:
        assert mine == other
    assert sum(train) / 16 + 0.5 == sums[-1] + q


@settings(max_examples=40)
@given(trains, st.integers(1, 4), st.permutations(range(16)))
def test_with_silence_both_settle_at_the_rounded_sum_theirs_clipped_at_its_level(
    train, most, order
):
    """I10. Above the level their surplus stays on the membrane and is no spike."""
    shuffled = [train[index] for index in order if index < len(train)] + [0] * 80
    rounded = max((sum(train) + 8) // 16, 0)
    assert sum(ours(shuffled, 1.0)[0]) == rounded
    assert sum(theirs(shuffled, 1.0, most)[0]) == min(rounded, most)


def convert_both(module: nn.Module, patches: Tensor, batch: int, batches: int):
    """Return their network and ours, balanced on the same batches in the same order."""
    loader = [patches.split(batch)[index % len(patches.split(batch))] for index in range(batches)]
    recipe = ann2snn.LocalThresholdBalancingRecipe(loader)
    their = ann2snn.Converter(recipe=recipe).convert(module)
    our = load_method(LTB, {"batch": batch, "batches": batches}).apply(module, patches, (1,))
    return their, our


def thresholds(network: nn.Module) -> list[Tensor]:
    """Return the channels' thresholds of each activation: what its second scaler multiplies by."""
    scalers = {n: m for n, m in network.named_modules() if n.endswith("scaler1")}
    return [scaler.scale.flatten() for scaler in scalers.values()]


@pytest.mark.parametrize(("batch", "batches"), [(2, 1), (2, 3), (3, 2)])
def test_thresholds_balanced_on_the_same_batches_are_equal(batch, batches):
    """The update, the clipping at the new threshold and the mean over a channel agree."""
    module, patches = chain().double().eval(), image(6, 1, 9, 8)
    their, our = convert_both(module, patches, batch, batches)
    mine = [our.neurons[site.name].theta.flatten() for site in our.sites]
    assert [theta.numel() for theta in mine] == [3, 4]
    for found, expected in zip(mine, thresholds(their), strict=True):
        assert (found > 2 * FLOOR).all()
        torch.testing.assert_close(found, expected, **EXACT)


def test_where_a_batch_leaves_a_channel_silent_their_threshold_climbs_from_a_floor_ours_from_0():
    """Channels: silent at first, silent always. Theirs is floored after each batch, ours at last.

    Where all of a batch exceeds the threshold, that is 1e-6 less: floor + 2 (mean - floor).
    """
    module = nn.Sequential(nn.Conv2d(1, 2, 1), nn.ReLU(), nn.Conv2d(2, 1, 1)).double().eval()
    module[0].weight.data.fill_(1.0)
    module[0].bias.data.copy_(torch.tensor([-0.5, -2.0]))
    patches = 0.25 * image(2, 1, 4, 4) + torch.tensor([0.0, 0.75]).view(2, 1, 1, 1)
    their, our = convert_both(module, patches, 1, 2)
    mean = patches[1].mean().item() - 0.5
    for found, floor in (
        (our.neurons[our.sites[0].name].theta, 0.0),
        (thresholds(their)[0], FLOOR),
    ):
        expected = torch.tensor([2 * mean - floor, FLOOR], dtype=torch.float64)
        torch.testing.assert_close(found.flatten(), expected, rtol=0, atol=1e-12)


def test_the_converted_networks_fire_the_same_spikes():
    module, picture = chain().double().eval(), image(1, 1, 9, 8, seed=5)
    their, our = convert_both(module, image(6, 1, 9, 8), 2, 5)
    functional.reset_net(their)
    spikes = 0

    def count(_, inputs, output):
        nonlocal spikes
        spikes += int(output.sum())

    for node in their.modules():
        if isinstance(node, neuron.BaseNode):
            node.register_forward_hook(count)
    with torch.no_grad():
        output = torch.stack([their(picture) for _ in range(16)]).mean(0)
    (recording,) = simulate(our, picture, [16])
    assert recording.spikes == spikes > 100
    torch.testing.assert_close(recording.output, output, **EXACT)
