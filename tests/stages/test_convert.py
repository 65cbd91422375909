"""One conversion of an embedded backbone: what is written, and what is refused."""

from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from spikebench.errors import BenchError
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.model.readouts import DelayedMean, Mean
from spikebench.snn.model.serialise import ANYTIME, load_networks
from tests.embedded_run import convert, fetch_images, network, write_method
from tests.impostor import device, lent

PLACE_BY_T = """
    anytime = False

    def convert(self, network, calibration, timesteps):
        (time,) = timesteps
        for site in network.sites:
            network.place(site, IF(calibration.maximum(site) / time))
        return network
"""
PLACE_NOTHING = """
    def convert(self, network, calibration, timesteps):
        return network
"""
PLACE_AT_RANDOM = """
    def convert(self, network, calibration, timesteps):
        import torch

        for site in network.sites:
            network.place(site, IF(torch.rand(()) + 0.5))
        return network
"""


@pytest.fixture(scope="module")
def images(tmp_path_factory) -> Path:
    return fetch_images(tmp_path_factory.mktemp("datasets"))


def thresholds(converted, key=ANYTIME) -> dict[str, float]:
    neurons = load_networks(converted, network())[key].neurons
    return {name: neuron.theta.item() for name, neuron in neurons.items()}


def test_an_anytime_method_gives_one_network_with_a_neuron_at_every_activation(images, tmp_path):
    found = load_networks(convert(images, tmp_path / "x.st", "max_norm"), network())
    assert list(found) == [ANYTIME]
    sites = found[ANYTIME].sites
    assert len(sites) == sum(isinstance(m, torch.nn.ReLU) for m in network().modules()) > 0
    assert found[ANYTIME].neurons.keys() == {site.name for site in sites}


def test_a_method_that_depends_on_t_gives_a_network_for_each(images, tmp_path):
    method = write_method(tmp_path, PLACE_BY_T)
    converted = convert(images, tmp_path / "x.st", method, timesteps=[1, 2, 4])
    assert list(load_networks(converted, network())) == [1, 2, 4]
    one, four = thresholds(converted, 1), thresholds(converted, 4)
    assert four == pytest.approx({name: theta / 4 for name, theta in one.items()})


def test_options_reach_the_method(images, tmp_path):
    for name, percentile in (("low", 50.0), ("high", 100.0)):
        convert(
            images,
            tmp_path / name,
            "percentile_norm",
            method_options={"percentile": percentile},
        )
    low, high = thresholds(tmp_path / "low"), thresholds(tmp_path / "high")
    assert all(low[name] < high[name] for name in low)


def test_the_same_settings_give_the_same_bytes_and_another_seed_others(images, tmp_path):
    method = write_method(tmp_path, PLACE_AT_RANDOM)
    files = []
    for position, seed in enumerate([0, 0, 1]):
        torch.manual_seed(position)  # what ran before in this process plays no part
        files.append(convert(images, tmp_path / f"{position}.st", method, seed=seed))
    first, again, other = (file.read_bytes() for file in files)
    assert first == again
    assert thresholds(files[0]) != thresholds(files[2]) and first != other


def test_the_readout_of_the_configuration_is_kept(images, tmp_path):
    mean = convert(images, tmp_path / "mean", "max_norm")
    delayed = convert(
        images, tmp_path / "late", "max_norm", readout={"delayed": 1}, timesteps=[2, 4]
    )
    assert load_networks(mean, network())[ANYTIME].readout == Mean()
    assert load_networks(delayed, network())[ANYTIME].readout == DelayedMean(start=1)


def test_the_pixel_map_is_fitted_for_the_readout_that_is_used(images, tmp_path):
    maps = [
        load_networks(
            convert(
                images,
                tmp_path / f"{start}",
                "spikingir",
                readout={"delayed": start},
                timesteps=[2, 4],
            ),
            network(),
        )[ANYTIME].output_map.weight
        for start in (0, 1)
    ]
    assert not torch.equal(*maps)


def test_a_reference_is_written_without_neurons(images, tmp_path):
    converted = convert(images, tmp_path / "x.st", "ann")
    assert load_networks(converted, network())[ANYTIME].neurons == {}


def test_the_file_holds_no_code(images, tmp_path):
    with safe_open(convert(images, tmp_path / "x.st", "burst"), framework="pt") as file:
        assert file.metadata()["format"].startswith("spikebench converted network")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"calibration": "embedded"}, "'embedded' is a test set"),
        ({"size": 200}, "too small for calibration patches of 200"),
        ({"method_options": {"percentil": 99.0}}, "no option 'percentil'"),
        ({"readout": {"delayed": 1}}, "delay of 1 steps leaves nothing to average at T=1"),
    ],
    ids=["a test set", "a large patch", "an unknown option", "an empty delay"],
)
def test_a_mistake_names_backbone_and_row_and_nothing_is_written(
    images, tmp_path, changes, message
):
    with pytest.raises(BenchError, match=message) as caught:
        convert(images, tmp_path / "x.st", "percentile_norm", **changes)
    assert str(caught.value).startswith("Converting espcn_tiny_x2 by 'row': ")
    assert list(tmp_path.iterdir()) == []


def test_a_site_without_neuron_is_refused(images, tmp_path):
    method = write_method(tmp_path, PLACE_NOTHING)
    with pytest.raises(BenchError, match="sites have no neuron"):
        convert(images, tmp_path / "out/x.st", method)
    assert not (tmp_path / "out").exists()


def test_a_compiled_graph_that_is_not_the_backbone_is_refused(images, tmp_path, monkeypatch):
    def compiled_wrongly(module):
        graph = compile_graph(module).with_own_weights()
        graph.synapses[-1].synapse.weight.data.mul_(0.5)
        return graph

    monkeypatch.setattr("spikebench.stages.convert.compile_graph", compiled_wrongly)
    with pytest.raises(
        BenchError, match=r"compiled graph differs from \w+ by up to .*first to diff"
    ):
        convert(images, tmp_path / "x.st", "max_norm")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("method", ["percentile_norm", "graded_reuse"])
def test_on_a_device_it_calibrates_as_on_the_cpu(method, images, tmp_path, monkeypatch):
    """The device is one that computes as the CPU does; what is written is read anywhere."""
    convert(images, tmp_path / "here", method)
    monkeypatch.setattr("spikebench.stages.convert.chosen", lambda name, strict: device())
    with lent() as there:
        convert(images, tmp_path / "there", method, device="cuda")
    assert there.calls.total() > 100
    first, second = load_file(tmp_path / "here"), load_file(tmp_path / "there")
    assert first.keys() == second.keys()
    for name, value in first.items():
        torch.testing.assert_close(second[name], value)


def test_a_gpu_that_is_not_there_is_said_and_nothing_is_written(images, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(BenchError, match=r"Converting espcn_tiny_x2 by 'row': `device: cuda` asks"):
        convert(images, tmp_path / "there", "max_norm", device="cuda")
    assert not (tmp_path / "there").exists()
