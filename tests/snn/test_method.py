"""What a method file must hold, and what is said where it does not."""

from pathlib import Path

import pytest
import torch
from torch import nn

from spikebench.errors import BenchError
from spikebench.snn import IF, Relay, load_method
from tests.snn.nets import chain, conv, image

METHOD = '''
"""A method for tests.

Second paragraph.
"""
import torch
from spikebench.snn import IF, Method

class Toy(Method):
    title = "Toy"
    citation = "none"
    family = "training-free"

    theta: float = 0.5
    wide: bool = False
    levels: tuple[float, ...] = (1.0,)

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            network.place(site, IF(torch.tensor(self.theta)))
        return network
'''


@pytest.fixture
def write(tmp_path):
    def method(text: str = METHOD):
        file = tmp_path / "toy.py"
        file.write_text(text.lstrip())
        return file

    return method


def test_a_method_knows_its_name_and_its_documentation(write):
    method = load_method(write())
    assert method.name == "toy"
    assert method.documentation == "A method for tests.\n\nSecond paragraph."


def test_annotated_attributes_are_its_options_and_metadata_is_not(write):
    assert set(load_method(write()).options()) == {"theta", "wide", "levels"}


def test_options_are_set_for_one_instance_only(write):
    file = write()
    assert load_method(file, {"theta": 0.25, "levels": [1.0, 0.5]}).theta == 0.25
    assert load_method(file).theta == 0.5


def test_an_unknown_option_is_refused_with_the_known_ones(write):
    expected = r"Method 'toy' has no option 'teta'\. Its options are: levels, theta, wide\."
    with pytest.raises(BenchError, match=expected):
        load_method(write(), {"teta": 1.0})


@pytest.mark.parametrize(
    ("option", "value"),
    [("theta", "1.0"), ("theta", True), ("wide", 1), ("wide", "yes"), ("levels", 1.0)],
)
def test_an_option_of_another_type_is_refused(write, option, value):
    with pytest.raises(BenchError, match=rf"'toy', option '{option}': expected .*got {value!r}"):
        load_method(write(), {option: value})


def test_a_whole_number_serves_as_a_float(write):
    assert load_method(write(), {"theta": 2}).theta == 2.0


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BenchError, match=r"no method file .*toy\.py"):
        load_method(tmp_path / "toy.py")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "defines 0 methods; expected exactly one"),
        (METHOD + METHOD.replace("Toy", "Other"), "defines 2 methods"),
        (METHOD.replace('    family = "training-free"\n', ""), "class Toy lacks family"),
        ("import nowhere_to_be_found", "cannot be imported: ModuleNotFoundError"),
        ("def broken(:", "cannot be imported: SyntaxError"),
    ],
    ids=["none", "two", "without family", "a missing import", "no Python"],
)
def test_a_file_that_is_no_method_is_refused(write, text, message):
    with pytest.raises(BenchError, match=message):
        load_method(write(text))


def test_a_method_that_leaves_a_site_without_neuron_is_refused(write):
    file = write(METHOD.replace("network.sites:", "network.sites[1:]:"))
    with pytest.raises(BenchError, match=r"1 of 2 sites have no neuron: _1 \(module 1 \(ReLU\)\)"):
        load_method(file).apply(chain(), image(2, 1, 6, 6).float(), (1,))


def test_relays_left_open_get_a_signed_neuron_that_covers_their_current(write):
    module = nn.Sequential(conv(1, 2), nn.ReLU(), conv(2, 3), conv(3, 1))
    patches = image(2, 1, 6, 6).float()
    network = load_method(write()).apply(module, patches, (1,))
    (relay,) = network.relays
    current = module[2](module[0](patches).relu())
    assert isinstance(network.neurons[relay.name], Relay)
    largest = current.abs().amax(dim=(0, 2, 3), keepdim=True)
    torch.testing.assert_close(network.neurons[relay.name].theta, largest)


def test_a_relay_that_the_method_placed_stays(write):
    file = write(METHOD.replace("network.sites:", "network.graph.sites:"))
    module = nn.Sequential(conv(1, 2), nn.ReLU(), conv(2, 3), conv(3, 1))
    network = load_method(file).apply(module, image(2, 1, 6, 6).float(), (1,))
    assert [type(network.neurons[site.name]) for site in network.relays] == [IF]


def test_an_option_that_has_another_name_now_is_refused_with_that_name():
    with pytest.raises(BenchError, match="option 'places' is now `places` of `graded"):
        load_method(Path("methods/spikingir.py"), {"places": 5})
