"""SpikingJelly 2's counters beside ours: where they agree, and both numbers where they do not."""

from importlib.metadata import version

import pytest
import torch
from torch import Tensor, nn

from spikebench.energy import MODELS
from spikebench.snn import IF, Network, simulate
from spikebench.snn.engine.ann_counts import count_ann
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.synapse import dense_macs, fan_out
from tests.energy.work_rows import work_frame
from tests.snn.nets import Scripted, chain, conv, image

pytest.importorskip("spikingjelly", reason="SpikingJelly is an optional peer")
if version("spikingjelly").split(".")[0] != "2":
    pytest.skip("its counters are those of SpikingJelly 2", allow_module_level=True)

from spikingjelly.activation_based import ann2snn, functional, neuron, op_counter

SYNAPSES = {
    "padded": nn.Conv2d(4, 6, 3, padding=1),
    "strided": nn.Conv2d(4, 2, 3, stride=2, padding=1),
    "dilated": nn.Conv2d(4, 2, 3, padding=2, dilation=2),
    "grouped": nn.Conv2d(4, 6, 3, padding=1, groups=2),
    "transposed": nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1),
    "transposed_grouped": nn.ConvTranspose2d(4, 6, 3, stride=2, groups=2),
}
# An access of 32 bits costs 5 pJ whatever the memory's size, as in `lemaire_int32_packed`.
FLAT = op_counter.LemaireEnergyConfig(
    cost_config=op_counter.LemaireEnergyCostConfig(
        memory_breakpoints=tuple((float(x), 1.25) for x in (0, 2**13, 2**15, 2**20))
    )
)
ACCESS, ADD = 5.0, 0.1  # pJ


def spikes() -> Tensor:
    """Return a map of 0 and 1, (1, 4, 6, 5)."""
    return (image(1, 4, 6, 5) < 0.4).float()


def theirs(module: nn.Module, *inputs: Tensor) -> tuple[int, int]:
    """Return the SynOps and MACs that its counters find."""
    counters = [op_counter.SynOpCounter(), op_counter.MACCounter()]
    with op_counter.DispatchCounterMode(counters), torch.no_grad():
        for value in inputs:
            module(value)
    synops, macs = (counter.get_total() for counter in counters)
    return synops, macs


def ours(module: nn.Module, train: Tensor) -> int:
    """Return the SynOps of a synapse behind spikes of one step, from a simulation."""
    network = Network.of(nn.Sequential(conv(1, 4), nn.ReLU(), module))
    network.place(network.sites[0], Scripted(torch.tensor(0.5), train=train[None]))
    (recording,) = simulate(network, image(1, 1, 6, 5).float(), [1])
    return recording.layers[-1].synops


@pytest.mark.parametrize("name", SYNAPSES)
def test_synops_of_spikes_of_value_1_agree_borders_and_transposed_convolutions_included(name):
    module, value = SYNAPSES[name], spikes()
    assert theirs(module, value) == (ours(module, value.to(torch.int8)), 0)


@pytest.mark.parametrize("name", SYNAPSES)
def test_a_spike_of_value_theta_is_no_spike_to_it_but_a_dense_mac(name):
    module, value = SYNAPSES[name], spikes()
    found = ours(module, value.to(torch.int8))  # our spikes carry theta = 0.5 as well
    dense = dense_macs(module, value, module(value))
    assert theirs(module, 0.5 * value) == (0, dense)
    assert 0 < found < dense


def test_on_its_own_converted_network_it_counts_no_synop_and_every_mac_at_every_step():
    module, picture, steps = chain().eval(), image(9, 8).float(), 4
    recipe = ann2snn.LocalThresholdBalancingRecipe([image(2, 1, 9, 8).float()])
    converted = ann2snn.Converter(recipe=recipe).convert(module)
    functional.reset_net(converted)
    synops, macs = theirs(converted, *[picture] * steps)
    _, ann = count_ann(compile_graph(module), picture)
    dense = sum(layer.macs_dense for layer in ann.layers.values())
    assert (synops, macs) == (0, steps * dense)
    network = Network.of(module)
    for site in network.sites:
        network.place(site, IF(torch.tensor(0.1)))
    (recording,) = simulate(network, picture, [steps])
    assert sum(layer.synops for layer in recording.layers) > 0


def test_lemaires_energy_of_an_ann_layer_is_ours():
    module, value = SYNAPSES["padded"], image(1, 4, 6, 5).float()
    report = op_counter.estimate_lemaire_energy(module, value, config=FLAT)
    assert report.total_pj == pytest.approx(priced(module, value, reads=1), rel=1e-9)


def test_lemaires_energy_of_a_spiking_layer_differs_by_borders_and_by_who_writes_the_queue():
    """It counts C_out k^2 weights for each spike, ours those that exist. It writes what leaves the
    layer to a queue and ours what enters; and its address counter runs over all channels (eq. 16.3
    as printed), ours over one, as the code of the authors' laboratory does.
    """
    module, value = SYNAPSES["padded"], spikes()
    node = neuron.IFNode(v_threshold=0.5, v_reset=None)
    report = op_counter.estimate_lemaire_energy(nn.Sequential(module, node), value, config=FLAT)
    entered = int(value.sum())
    left = report.counts["write_out_bytes"] // 4
    reached = int((value * fan_out(module, value.shape)).sum())
    assert (report.counts["synop"], reached) == (entered * 6 * 9, reached)
    assert reached < report.counts["synop"]
    counted = {"spikes": entered, "passes": 1, "kind": "binary"}
    mine = priced(module, value, synops=report.counts["synop"], **counted)
    queue = (entered - left) * (ACCESS + ADD)
    address = entered * (9 - 6 * 9) * ADD
    assert mine == pytest.approx(report.total_pj + queue + address, rel=1e-9)
    exact = priced(module, value, synops=reached, **counted)
    missing = report.counts["synop"] - reached
    assert mine - exact == pytest.approx(missing * (3 * ACCESS + ADD), rel=1e-9)


def test_lemaires_estimate_refuses_transposed_convolutions_which_ours_prices():
    module, value = SYNAPSES["transposed"], image(1, 4, 6, 5).float()
    with pytest.raises(ValueError, match="do not support ConvTranspose2d"):
        op_counter.estimate_lemaire_energy(module, value)
    assert priced(module, value, reads=1) > 0


def priced(module: nn.Module, value: Tensor, kind: str = "analogue", **work: float) -> float:
    """Return our Lemaire energy of one layer in pJ; dense unless `work` holds spikes."""
    result = module(value)
    if kind == "analogue":
        work |= {"macs": dense_macs(module, value, result)}
    shape = {
        "inputs": value.numel(),
        "outputs": result.numel(),
        "weights": module.weight.numel(),
        "biases": module.bias.numel(),
        "kernel": module.weight[0, 0].numel(),
        "channels_in": value.shape[1],
        "channels_out": result.shape[1],
    }
    model = MODELS["lemaire_int32_packed"]
    return float(model.picojoule(work_frame(kind, **shape, **work)).iloc[0])
