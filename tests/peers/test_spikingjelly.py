"""SpikingJelly 2 and this simulator are two implementations of one network: same spikes, fp64.

Its rate-coding conversion divides currents by the threshold, fires at 1 and multiplies back. With
thresholds that are powers of two this is exact. Weights and image are multiples of 1/16, so that
sums are exact in any order and potentials often meet the threshold: that a tie fires is tested too.
"""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from spikebench.ann.architecture import construct
from spikebench.snn import IF, Network, simulate

pytest.importorskip("spikingjelly", reason="SpikingJelly is an optional peer")
if version("spikingjelly").split(".")[0] != "2":
    pytest.skip("its recipes are those of SpikingJelly 2", allow_module_level=True)

from spikingjelly.activation_based import ann2snn, functional, neuron

GRID = [1, 8, 32]
SITES = 4


class GivenThresholds(ann2snn.RateCodingRecipe):
    """Its rate coding with our thresholds in place of a calibration."""

    def __init__(self, thetas: list[Tensor]) -> None:
        super().__init__(dataloader=[], channel_wise=thetas[0].dim() > 0)
        self.thetas = thetas

    def calibrate(self, converter, fx_model):
        hooks = [module for name, module in fx_model.named_modules() if "voltage_hook" in name]
        for hook, theta in zip(hooks, self.thetas, strict=True):
            hook.scale = theta.flatten() if theta.dim() else theta
        return fx_model


@pytest.fixture
def backbone() -> nn.Module:
    """A DnCNN of 5 convolutions whose random weights neither fade nor blow up with depth."""
    torch.manual_seed(0)
    network = construct(Path("backbones/dncnn.py"), {"depth": 5, "width": 8}).double()
    for module in network.model:
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            nn.init.uniform_(module.bias, -0.2, 0.2)
            module.weight.data = sixteenths(module.weight)
            module.bias.data = sixteenths(module.bias)
    return network.requires_grad_(False).eval()


@pytest.fixture
def image() -> Tensor:
    random = torch.Generator().manual_seed(1)
    return sixteenths(torch.rand(1, 1, 16, 16, generator=random, dtype=torch.float64))


def sixteenths(values: Tensor) -> Tensor:
    return torch.round(values.detach() * 16) / 16


def dyadic_thresholds(backbone: nn.Module, image: Tensor, *, per_channel: bool) -> list[Tensor]:
    """The power of two below each layer's (or channel's) largest activation; some saturate."""
    thetas = []
    for layer in backbone.model:
        image = layer(image)
        if isinstance(layer, nn.ReLU):
            top = image.amax(dim=(0, 2, 3), keepdim=True) if per_channel else image.max()
            thetas.append(torch.exp2(torch.log2(top.clamp(min=2**-4)).floor()))
    return thetas


def ours(
    backbone: nn.Module, image: Tensor, thetas: list[Tensor], start: float = 0.0, hard: bool = False
) -> Iterator[tuple[list[int], Tensor]]:
    """Our spike counts of each site and our output, at every T of the grid, from one run."""
    network = Network.of(backbone)
    for site, theta in zip(network.sites, thetas, strict=True):
        network.place(site, IF(theta, initial=start * theta, hard_reset=hard))
    for recording in simulate(network, image, GRID):
        yield [layer.spikes for layer in recording.layers[1:]], recording.output


def count_spikes(network: nn.Module) -> dict[str, int]:
    """Let every IF node of `network` count its spikes in the returned dictionary."""
    counts: dict[str, int] = {}
    for name, module in network.named_modules():
        if isinstance(module, neuron.BaseNode):
            counts[name] = 0

            def add(module, inputs, spikes, name=name):
                counts[name] += int(spikes.sum())

            module.register_forward_hook(add)
    return counts


def assert_lively(counts: list[int], timesteps: int) -> None:
    """An agreement of silent or saturated layers would show nothing."""
    decisions = 8 * 16 * 16 * timesteps
    assert len(counts) == SITES
    assert all(0.03 < count / decisions < 0.9 for count in counts)


@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize("step_mode", ["s", "m"])
def test_its_converted_network_fires_the_same_spikes_at_equal_thresholds(
    backbone, image, step_mode, per_channel
):
    thetas = dyadic_thresholds(backbone, image, per_channel=per_channel)
    theirs = ann2snn.Converter(recipe=GivenThresholds(thetas)).convert(backbone)
    functional.set_step_mode(theirs, step_mode)
    counts = count_spikes(theirs)
    for timesteps, (spikes, output) in zip(GRID, ours(backbone, image, thetas), strict=True):
        functional.reset_net(theirs)
        counts.update(dict.fromkeys(counts, 0))
        images = image.expand(timesteps, *image.shape)
        currents = theirs(images) if step_mode == "m" else torch.stack([theirs(x) for x in images])
        assert spikes == list(counts.values())
        torch.testing.assert_close(output, currents.mean(0), rtol=0, atol=1e-6)
    assert_lively(spikes, GRID[-1])


@pytest.mark.parametrize(
    ("start", "hard", "node"),
    [
        (0.0, False, lambda theta: neuron.IFNode(theta, v_reset=None)),
        (0.5, False, neuron.HalfThresholdIFNode),
        (0.0, True, lambda theta: neuron.IFNode(theta, v_reset=0.0)),
    ],
    ids=["soft reset", "soft reset from half a threshold", "hard reset"],
)
def test_its_neurons_in_psp_form_fire_the_same_spikes(backbone, image, start, hard, node):
    """Without its converter: its neurons at our thresholds, their spikes worth theta by hand."""
    powers = dyadic_thresholds(backbone, image, per_channel=False)
    thetas = [0.75 * power for power in powers]  # no power of two is needed here
    nodes = nn.ModuleList(node(theta.item()) for theta in thetas)
    convolutions = [layer for layer in backbone.model if isinstance(layer, nn.Conv2d)]
    counts = count_spikes(nodes)
    results = ours(backbone, image, thetas, start=start, hard=hard)
    residual = torch.zeros_like(image)
    for time in range(1, GRID[-1] + 1):
        current = convolutions[0](image)
        for theta, spiking, following in zip(thetas, nodes, convolutions[1:], strict=True):
            current = following(theta * spiking(current))
        residual += current
        if time in GRID:
            spikes, output = next(results)
            assert spikes == list(counts.values())
            torch.testing.assert_close(output, image - residual / time, rtol=0, atol=1e-6)
    assert_lively(spikes, GRID[-1])
