"""A network with a spiking output layer, whose pixel map is learnt too."""

import pytest
import torch

from spikebench.errors import BenchError
from spikebench.snn.graph.forward import run_ann
from spikebench.snn.model.tuned import TunedState
from spikebench.training.finetune.activations.staircase import Staircase
from spikebench.training.finetune.network import Tunable, identity_map
from tests.snn.nets import chain, image

LEVELS = 8


def sent_by(network: Tunable, picture: torch.Tensor):
    activation = Staircase(kind="staircase", levels=(LEVELS,))
    return network(picture, activation.sender(network, picture, LEVELS))


@pytest.mark.parametrize("kernel", [1, 3, 5])
def test_a_map_starts_at_the_identity(kernel):
    picture = image(2, 3, 6, 5).float()
    torch.testing.assert_close(identity_map(3, kernel)(picture), picture)


def test_the_output_says_multiples_of_its_threshold_over_the_levels_in_either_sign():
    picture = image(2, 1, 8, 8).float()
    network = Tunable.of(chain(), picture, LEVELS, cpm=3)
    output, _ = sent_by(network, picture)
    (site,) = (site.name for site in network.graph.sites if site.role == "output")
    numbers = output / network.theta(site) * LEVELS
    torch.testing.assert_close(numbers, numbers.round(), atol=1e-4, rtol=0)
    current = run_ann(network.graph, picture)
    assert (current < 0).any()
    assert numbers.min() < 0


def test_map_and_output_threshold_are_learnt():
    picture = image(2, 1, 8, 8).float()
    network = Tunable.of(chain(), picture, LEVELS, cpm=3)
    output, _ = sent_by(network, picture)
    output.square().sum().backward()
    learnt = dict(network.named_parameters())
    moved = [name for name in learnt if name.startswith("pixel_map") or "output" in name]
    assert len(moved) == 3
    assert all(learnt[name].grad.abs().sum() > 0 for name in moved)


def test_without_a_map_there_is_no_output_site():
    network = Tunable.of(chain(), image(2, 1, 8, 8).float(), LEVELS)
    assert network.pixel_map is None
    assert {site.role for site in network.graph.sites} == {"activation"}


def test_a_state_keeps_the_map_apart_from_the_thresholds_of_hidden_sites(tmp_path):
    network = Tunable.of(chain(), image(2, 1, 8, 8).float(), LEVELS, cpm=3)
    state = TunedState.of(
        network.graph, network.thresholds, {"recipe": "mine"}, pixel_map=network.pixel_map
    )
    state.write(tmp_path / "state")
    again = TunedState.read(tmp_path / "state")
    assert again.output.keys() == {"theta", "weight", "bias"}
    assert again.thresholds.keys() == {s.name for s in network.graph.sites if s.role != "output"}
    again.load_into(Tunable.of(chain(), image(2, 1, 8, 8).float(), LEVELS).graph)
    again.output["bias"] = torch.tensor([torch.nan])
    with pytest.raises(BenchError, match="NaN or infinite"):
        again.load_into(Tunable.of(chain(), image(2, 1, 8, 8).float(), LEVELS).graph)
