"""What every file of methods/ must do, on two networks in small. A new file is tested unasked."""

from pathlib import Path
from typing import get_args

import pytest
import torch
from torch import Tensor

from spikebench import catalogue
from spikebench.errors import BenchError
from spikebench.snn import Method, Network, Reference, load_method, simulate
from spikebench.snn.analogue import run_ann
from spikebench.snn.method import Family
from spikebench.snn.serialise import load_networks, save_networks
from spikebench.snn.spikes import SpikeKind
from spikebench.snn.tally import Recording
from tests.snn.nets import dncnn, espcn, image

FOLDERS = [Path("methods")]
FILES = {name: catalogue.method_file(name, FOLDERS) for name in catalogue.method_names(FOLDERS)}
ALL = {name: load_method(file) for name, file in FILES.items()}
REFERENCES = [name for name, method in ALL.items() if isinstance(method, Reference)]
CONVERSIONS = [name for name in ALL if name not in REFERENCES]
GRID = (1, 2, 4)

every = pytest.mark.parametrize("name", ALL)
conversion = pytest.mark.parametrize("name", CONVERSIONS)
reference = pytest.mark.parametrize("name", REFERENCES)
backbone = pytest.mark.parametrize("build", [dncnn, espcn])


def patches() -> Tensor:
    return image(4, 1, 8, 8, seed=1).float()


def convert(method: Method, module, grid=GRID) -> dict[int, Network]:
    """Return the network that serves each T, made as the workflow makes it."""
    if method.anytime:
        return dict.fromkeys(grid, method.apply(module, patches(), grid))
    return {t: method.apply(module, patches(), (t,)) for t in grid}


def recordings(networks: dict[int, Network]) -> list[Recording]:
    picture = image(7, 6).float()
    return [next(simulate(network, picture, [t])) for t, network in networks.items()]


def same(first: list[Recording], second: list[Recording]) -> bool:
    return all(
        torch.equal(mine.output, other.output)
        and (mine.layers, mine.state_ops) == (other.layers, other.state_ops)
        for mine, other in zip(first, second, strict=True)
    )


@every
def test_it_says_what_it_is(name):
    method = ALL[name]
    assert method.title and method.citation
    assert method.family in get_args(Family)
    assert method.documentation.split("\n\n")[0].endswith(".")


def test_titles_are_unique():
    titles = [method.title for method in ALL.values()]
    assert sorted(titles) == sorted(set(titles))


@every
def test_an_option_it_does_not_have_is_refused_with_those_it_has(name):
    with pytest.raises(BenchError) as caught:
        load_method(FILES[name], {"treshold": 1.0})
    assert f"Method '{name}' has no option 'treshold'" in str(caught.value)
    assert all(option in str(caught.value) for option in ALL[name].options())


@every
def test_an_option_of_another_type_is_refused_by_name(name):
    for option in ALL[name].options():
        with pytest.raises(BenchError, match=rf"'{name}', option '{option}': expected"):
            load_method(FILES[name], {option: {"a": "mapping"}})


@every
def test_its_defaults_may_be_written_out_in_a_config(name):
    method = ALL[name]
    defaults = {option: getattr(method, option) for option in method.options()}
    written = {k: list(v) if isinstance(v, tuple) else v for k, v in defaults.items()}
    again = load_method(FILES[name], written)
    assert {option: getattr(again, option) for option in defaults} == defaults


OPTIONS = [(name, option) for name in CONVERSIONS for option in ALL[name].options()]


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_every_option_changes_what_is_saved(name, option, tmp_path):
    module, files = dncnn(), [tmp_path / "default", tmp_path / "other"]
    methods = [ALL[name], load_method(FILES[name], {option: another(getattr(ALL[name], option))})]
    for method, file in zip(methods, files, strict=True):
        try:
            save_networks(convert(method, module), file)
        except BenchError as error:
            file.write_text(str(error))  # a combination that the method refuses
    assert files[0].read_bytes() != files[1].read_bytes()


def another(value):
    """Return another legal value of an option; whole numbers stay odd or even."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, tuple):
        return value[:1]
    return value + 2 if isinstance(value, int) else value / 2 + 0.125


@conversion
@backbone
def test_it_restores_an_image_of_the_right_size_at_every_t(name, build):
    module = build()
    expected = module(image(7, 6).float())
    for recording in recordings(convert(ALL[name], module)):
        assert recording.output.shape == expected.shape
        assert torch.isfinite(recording.output).all()


@conversion
@backbone
def test_every_activation_has_a_neuron_and_the_backbone_stays_as_it_was(name, build):
    module = build()
    before = {key: value.clone() for key, value in module.state_dict().items()}
    activations = [site.name for site in Network.of(module).sites]
    for network in convert(ALL[name], module).values():
        assert set(activations) <= set(network.neurons)
    assert all(torch.equal(before[key], value) for key, value in module.state_dict().items())


@conversion
@backbone
def test_it_is_deterministic(name, build):
    module, found = build(), []
    for seed in (1, 2):
        torch.manual_seed(seed)
        found.append(recordings(convert(ALL[name], module)))
    assert same(*found)


@conversion
@backbone
def test_it_survives_being_saved(name, build, tmp_path):
    module = build()
    networks = convert(ALL[name], module)
    save_networks(networks, tmp_path / "net.safetensors")
    loaded = load_networks(tmp_path / "net.safetensors", module)
    assert same(recordings(networks), recordings(loaded))


@pytest.mark.parametrize("name", [name for name in CONVERSIONS if ALL[name].anytime])
@backbone
def test_one_run_serves_the_whole_grid_if_it_is_anytime(name, build):
    networks = convert(ALL[name], build())
    together = list(simulate(networks[1], image(7, 6).float(), GRID))
    assert same(together, recordings(networks))


@conversion
@backbone
def test_it_comes_nearer_to_the_ann_with_time(name, build):
    module, picture = build(), image(4, 1, 8, 8, seed=1).float()
    networks = convert(ALL[name], module, (1, 64))
    early, late = (next(simulate(net, picture, [t])).output for t, net in networks.items())
    target = module(picture)
    assert (late - target).square().mean() < 0.2 * (early - target).square().mean()


@conversion
@backbone
def test_its_spike_class_is_what_its_neurons_sent(name, build, sent):
    for time, network in convert(ALL[name], build(), (4,)).items():
        sent.clear()
        (recording,) = simulate(network, image(7, 6).float(), [time])
        assert recording.spike_kind is alphabet(sent)
        assert recording.spike_kind < SpikeKind.ANALOGUE


def alphabet(numbers: list[Tensor]) -> SpikeKind:
    values = {value for number in numbers for value in number.unique().tolist()}
    if values <= {0.0, 1.0}:
        return SpikeKind.BINARY
    if values <= {-1.0, 0.0, 1.0}:
        return SpikeKind.SIGNED
    whole = all(value.is_integer() for value in values)
    short = all(float(value * 256).is_integer() for value in values)
    return SpikeKind.BURST if whole else SpikeKind.GRADED if short else SpikeKind.ANALOGUE


@reference
def test_a_reference_converts_nothing_and_restores_from_what_it_is_given(name):
    module, degraded = dncnn(), image(7, 6).float()
    network = ALL[name].apply(module, patches(), GRID)
    assert not network.neurons
    floor = degraded + 1.0
    output = ALL[name].restore(lambda x: run_ann(network.graph, x), degraded, floor)
    assert output.shape == degraded.shape
    expected = floor if name == "input" else module(degraded)
    torch.testing.assert_close(output, expected)
