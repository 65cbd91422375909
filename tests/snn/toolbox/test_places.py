"""Places where the output feels them: gains against the Jacobian, and the rule they follow."""

import pytest
import torch
from torch import Tensor

from spikebench.snn import Calibration, Network
from spikebench.snn.toolbox.places import output_gains, spread_places
from tests.snn.nets import Net, conv, dncnn, espcn, image

PATCHES = 4


def jacobian_gains(module: torch.nn.Sequential, patches: Tensor) -> list[Tensor]:
    """Return G of every channel from all derivatives of all outputs, ReLU by ReLU."""
    found = []
    for end in (index + 1 for index, part in enumerate(module) if isinstance(part, torch.nn.ReLU)):
        total, number = 0.0, 0
        for patch in patches.split(1):
            value = module[:end](patch).detach()
            slopes = torch.autograd.functional.jacobian(module[end:], value)
            total = total + (slopes.square().sum(dim=(0, 1, 2, 3)) * (value != 0)).sum(
                dim=(0, 2, 3)
            )
            number = number + (value != 0).sum(dim=(0, 2, 3))
        found.append(total / number.clamp(min=1))
    return found


def chain(width: int = 3) -> torch.nn.Module:
    torch.manual_seed(3)
    layers = [conv(1, width), torch.nn.ReLU(), conv(width, width), torch.nn.ReLU(), conv(width, 1)]
    return torch.nn.Sequential(*layers)


def test_the_gains_are_those_of_the_jacobian():
    module, patches = chain(), image(40, 1, 5, 5).float()
    often = patches.repeat(20, 1, 1, 1)  # each batch has probes of its own
    found, _ = output_gains(Network.of(module).graph, often)
    for gain, expected in zip(found.values(), jacobian_gains(module, patches), strict=True):
        assert (gain.flatten() - expected).abs().max() < 0.1 * expected.max()


def test_the_active_values_are_counted():
    module, patches = chain(), image(PATCHES, 1, 5, 5).float()
    calibration = Calibration.of(Network.of(module), patches)
    _, active = output_gains(Network.of(module).graph, patches)
    for site in Network.of(module).sites:
        expected = (calibration.activation(site) > 0).sum(dim=(0, 2, 3))
        assert torch.equal(active[site.name].flatten(), expected.float())


@pytest.mark.parametrize("build", [dncnn, espcn])
def test_a_digit_is_a_power_of_two_for_each_channel_and_shrinks_with_more_places(build):
    network = Network.of(build())
    calibration = Calibration.of(network, image(PATCHES, 1, 8, 8).float())
    theta = {s.name: calibration.maximum(s, per_channel=True) for s in network.graph.sites}
    sums = []
    for places in (3, 4):
        units = spread_places(network, calibration, theta, places)
        assert {site: unit.shape for site, unit in units.items()} == {
            site: value.shape for site, value in theta.items()
        }
        logs = torch.cat([unit.flatten() for unit in units.values()]).log2()
        assert torch.equal(logs, logs.round())
        sums.append(logs.sum())
    assert sums[1] < sums[0]


def test_a_channel_that_weighs_eight_times_as_much_gets_three_places_more():
    """The digit is inversely proportional to what the output feels of one value."""
    last = conv(2, 1, 1)
    module = Net(lambda net, x: net.b(net.a(x).relu()), a=conv(1, 2, 1), b=last)
    with torch.no_grad():
        module.a.weight.fill_(1.0), module.a.bias.zero_()
        last.weight.copy_(torch.tensor([8.0, 1.0]).view(1, 2, 1, 1))
    network = Network.of(module)
    calibration = Calibration.of(network, image(PATCHES, 1, 8, 8).float())
    site = network.sites[0].name
    unit = spread_places(network, calibration, {site: torch.ones(1, 2, 1, 1)}, 5)[site].flatten()
    assert unit[1] / unit[0] == 8.0


def test_what_the_output_does_not_feel_is_sent_in_whole_thresholds():
    module = Net(lambda net, x: net.b(net.a(x).relu()), a=conv(1, 2, 1), b=conv(2, 1, 1))
    with torch.no_grad():
        module.b.weight[:, 1] = 0.0
    network = Network.of(module)
    calibration = Calibration.of(network, image(PATCHES, 1, 8, 8).float())
    site = network.sites[0].name
    unit = spread_places(network, calibration, {site: torch.ones(1, 2, 1, 1)}, 5)[site].flatten()
    assert unit[1] == 1.0
