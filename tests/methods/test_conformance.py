"""What every file of methods/ must do: all checks of `spikebench check`, and what options need.

A new file is tested unasked.
"""

import inspect
import sys
from functools import cache
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from pydantic import TypeAdapter
from torch import testing

from spikebench.conformance import CHECKS, Subject, Verdict, run_check
from spikebench.conformance.nets import patches
from spikebench.conformance.subject import convert
from spikebench.errors import BenchError
from spikebench.options.declared import declared
from spikebench.run import catalogue
from spikebench.snn import Reference, load_method
from spikebench.snn.graph.forward import run_ann
from spikebench.snn.model.component import Component
from spikebench.snn.model.serialise import save_networks
from tests.snn.nets import dncnn, image

FOLDERS = [Path("methods")]
FILES = {name: catalogue.method_file(name, FOLDERS) for name in catalogue.method_names(FOLDERS)}
ALL = {name: load_method(file) for name, file in FILES.items()}
REFERENCES = [name for name, method in ALL.items() if isinstance(method, Reference)]
CONVERSIONS = [name for name in ALL if name not in REFERENCES]

every = pytest.mark.parametrize("name", ALL)
conversion = pytest.mark.parametrize("name", CONVERSIONS)
reference = pytest.mark.parametrize("name", REFERENCES)


@cache
def subject(file: Path) -> Subject:
    return Subject(file)


@every
@pytest.mark.parametrize("check", CHECKS)
def test_it_passes_the_check(check, name):
    result = run_check(check, subject(FILES[name]))
    assert result.verdict is not Verdict.FAILED, result.message


@pytest.mark.parametrize("check", CHECKS)
def test_the_template_passes_the_check_without_a_reservation(check):
    result = run_check(check, subject(Path("methods/_template.py")))
    assert result.verdict is Verdict.OK, result.message


def test_the_template_is_no_method_of_the_benchmark():
    assert "_template" not in ALL


@pytest.mark.parametrize("name", [n for n in CONVERSIONS if ALL[n].family != "reference"])
def test_no_method_here_sends_analogue_values(name):
    assert "analogue" not in run_check("kind of spikes", subject(FILES[name])).message


def test_titles_are_unique():
    titles = [method.title for method in ALL.values()]
    assert sorted(titles) == sorted(set(titles))


def test_no_two_methods_define_a_neuron_of_the_same_name():
    modules = [vars(sys.modules[type(method).__module__]) for method in ALL.values()]
    names = [
        name
        for module in modules
        for name, value in module.items()
        if inspect.isclass(value)
        and issubclass(value, Component)
        and value.__module__ == module["__name__"]
    ]
    assert sorted(names) == sorted(set(names))


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
def test_its_options_are_read_from_the_text_as_they_are_when_it_is_loaded(name):
    found = declared(FILES[name])
    loaded = ALL[name].options()
    assert {n: repr(t) for n, t in found.options.items()} == {n: repr(loaded[n]) for n in loaded}
    assert found.renamed == ALL[name].renamed
    assert found.family == type(ALL[name]).family


@every
def test_every_number_among_its_options_has_a_range(name):
    for option, hint in ALL[name].options().items():
        schema = TypeAdapter(hint).json_schema()
        bounded = {"minimum", "exclusiveMinimum"} & schema.keys()
        assert schema.get("type") not in ("integer", "number") or bounded or "enum" in schema, (
            option
        )


@every
def test_its_defaults_may_be_written_out_in_a_config(name):
    method = ALL[name]
    defaults = {option: getattr(method, option) for option in method.options()}
    written = {k: list(v) if isinstance(v, tuple) else v for k, v in defaults.items()}
    again = load_method(FILES[name], written)
    assert {option: getattr(again, option) for option in defaults} == defaults


# Options that say something once another one does
BESIDE = {("dual_phase", option): {"rounds": 1} for option in ("batch", "weight_rate")}
OPTIONS = [(name, option) for name in CONVERSIONS for option in ALL[name].options()]


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_every_option_changes_what_is_saved(name, option, tmp_path):
    module, files = dncnn(), [tmp_path / "default", tmp_path / "other"]
    changed = another(getattr(ALL[name], option), ALL[name].options()[option])
    beside = BESIDE.get((name, option), {})
    methods = [load_method(FILES[name], beside | new) for new in ({}, {option: changed})]
    for method, file in zip(methods, files, strict=True):
        try:
            save_networks(convert(method, module, (1, 2, 4)), file)
        except BenchError as error:
            file.write_text(str(error))  # a combination that the method refuses
    assert files[0].read_bytes() != files[1].read_bytes()


def another(value, hint):
    """Return another legal value of an option."""
    if get_origin(hint) is Literal:
        return next(choice for choice in get_args(hint) if choice != value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, tuple):
        return value[:1]
    if isinstance(value, int):
        return 1 if value > 1 else 3
    if isinstance(value, str):  # a recipe
        return "fast_snn_2" if value == "fast_snn_3" else "fast_snn_3"
    return value / 2 + 0.125


@reference
def test_a_reference_converts_nothing_and_restores_from_what_it_is_given(name):
    module, degraded = dncnn(), image(7, 6).float()
    network = ALL[name].apply(module, patches(), (1,))
    assert not network.neurons
    floor = degraded + 1.0
    output = ALL[name].restore(lambda x: run_ann(network.graph, x), degraded, floor)
    assert output.shape == degraded.shape
    expected = floor if name == "input" else module(degraded)
    testing.assert_close(output, expected)
