"""What comes before and after the T regular steps is counted like them."""

from dataclasses import replace
from pathlib import Path

import torch

from spikebench.conformance.alphabet import multiplicity
from spikebench.conformance.listen import overheard_run
from spikebench.snn import ReuseAfterwards, Step, load_method, simulate
from spikebench.snn.model.protocols import Protocol
from tests.snn.nets import chain, image, spiking


class WarmedUp(Protocol):
    """Four steps of which nothing is read, as in SRP and COS."""

    def run(self, simulation, grid):
        for time in range(1, 5):
            simulation.step(Step(time, read=False))
        yield from super().run(simulation, grid)


def test_a_pre_simulation_costs_as_many_steps_as_it_takes():
    """IF neurons do not know that nobody reads: 4 + 2 steps cost what 6 do."""
    network, picture = spiking(chain()), image(6, 5)
    (plain,) = simulate(network, picture, [6])
    (warmed,) = simulate(replace(network, protocol=WarmedUp()), picture, [2])
    assert (warmed.timesteps, warmed.latency_steps) == (2, 6)
    assert warmed.layers == plain.layers
    assert warmed.state_ops == plain.state_ops
    assert warmed.layers[0].macs_streaming == 6 * warmed.layers[0].macs_cached


def test_the_spikes_of_a_release_are_counted_and_so_are_its_steps():
    method = load_method(Path("methods/graded_reuse.py"), {"cpm": False, "spiking_output": False})
    network = method.apply(chain(), image(4, 1, 8, 8).float(), (4,))
    assert isinstance(network.protocol, ReuseAfterwards)
    recording, trains = overheard_run(network, image(6, 5).float(), 4)
    counts = [
        (firing.step.phase, int(multiplicity(firing.number, train.neuron.digits).sum()))
        for train in trains.values()
        for firing in train.firings
    ]
    assert sum(spikes for phase, spikes in counts if phase == "reuse") > 0
    assert recording.spikes == sum(spikes for _, spikes in counts)
    assert recording.latency_steps > 4


def test_a_pixel_map_pays_its_macs_once_for_each_output():
    method = load_method(Path("methods/graded_reuse.py"), {})
    network = method.apply(chain(), image(4, 1, 8, 8).float(), (2, 4))
    picture = torch.rand(1, 1, 6, 5)
    for recording in simulate(network, picture, [2, 4]):
        layer = recording.layers[-1]
        assert layer.layer == "pixel_map"
        assert (
            layer.macs_cached
            == layer.macs_streaming
            == 30 * network.output_map.weight[0, 0].numel()
        )
