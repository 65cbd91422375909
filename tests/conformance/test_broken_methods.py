"""Each check objects to the method that breaks it, and says what to do."""

import re

import pytest

from spikebench.conformance import CHECKS, Result, Subject, Verdict, check_method, run_check
from spikebench.snn.model.component import Component

METHOD = '''"""A method for a test."""

from dataclasses import dataclass, replace

import numpy as np
import torch

from spikebench.snn import IF, Mean, Method, Neuron, Protocol, Refusal, Reset, SignedIF, Step


@dataclass(frozen=True)
class Toy(SignedIF):
    scale: float = 1.0
    # neuron


@dataclass
class Drive(Protocol):
    def record(self, simulation, time):
        return super().record(simulation, time)


@dataclass
class Read(Mean):
    def total(self, timesteps):
        return timesteps


class Written(Method):
    title = "Written"
    citation = "none"
    family = "training-free"
    # method

    def convert(self, network, calibration, timesteps):
        # convert
        for site in network.sites:
            theta = calibration.maximum(site)
            network.place(site, Toy(theta, initial=theta / 2))
        network.protocol, network.readout = Drive(), Read()
        return network
'''

RANDOM_NEURON = """
    def fire(self, u, state, step):
        return super().fire(u + 0.1 * torch.rand(()), state, step)
"""
HIDDEN = """
    def step(self, state, current, step, out=None):
        values, number = super().step(state, current, step)
        return values + 0.1 * state["v"], number
"""
LOSSY = """
    reset = property(lambda self: Reset("none", lambda u, spikes: None, conserves_charge=False))
"""
FLOATS = """
    def fire(self, u, state, step):
        return (u >= self.theta).float()
"""
LAYER_MEAN = """
    def fire(self, u, state, step):
        return super().fire(u - u.relu().mean(), state, step)
"""
NEIGHBOURS = """
    def fire(self, u, state, step):
        return super().fire(u - 0.1 * torch.nn.functional.max_pool2d(u, 5, 1, 2), state, step)
"""
LEAK = """
    def fire(self, u, state, step):
        return super().fire(u.mul_(0.9), state, step)
"""
LAST_STEP = """
    def run(self, simulation, grid):
        for time in range(1, max(grid) + 1):
            simulation.step(Step(time, bias=time < max(grid)))
            if time in grid:
                yield self.record(simulation, time)
"""
RECORDING = "return super().record(simulation, time)"
PLACED = "Toy(theta, initial=theta / 2)"
FEWER_SYNOPS = """recording = simulation.record(time)
        layers = [replace(layer, synops=layer.synops // 2) for layer in recording.layers]
        return replace(recording, layers=layers)"""

BROKEN = {
    "an empty title": ("metadata", 'title = "Written"', 'title = ""', "`title` is ''"),
    "an unknown family": ("metadata", '"training-free"', '"free"', "expected one of 'reference',"),
    "no sentence": ("metadata", "A method for a test.", "", "begin with a docstring"),
    "a word for anytime": ("metadata", "# method", 'anytime = "no"', "expected True or False"),
    "a name that is taken": (
        "metadata",
        "class Toy(SignedIF)",
        "class Relay(SignedIF)",
        "class Relay",
    ),
    "a missing citation": ("citation", '"none"', '"diehl2015"', "Did you mean 'diehl2015fast'"),
    "a site without neuron": ("converts plain", "network.sites:", "network.sites[1:]:", "1 of 2"),
    "an exception": ("converts plain", "# convert", "site = 1 / 0", r"ZeroDivisionError.*y:\d+\)"),
    "no threshold": ("converts plain", "theta = ", "theta = 0 * ", "must be positive"),
    "all are refused": (
        "converts plain",
        "# convert",
        "raise Refusal('Too deep.')",
        "like all the others: Too deep",
    ),
    "other weights": (
        "converts plain",
        "# method",
        "def apply(self, backbone, *args, **kwargs):\n"
        "        backbone.body[0].bias.data.zero_()\n"
        "        return super().apply(backbone, *args, **kwargs)",
        r"changed the backbone's weights \(body.0.bias\)",
    ),
    "NaN": ("output", "return timesteps", "return torch.nan", "T=1: the image holds NaN"),
    "another size": (
        "output",
        "return timesteps",
        "return torch.ones(2, 1, 1, 1)",
        r"shape \(2, 1",
    ),
    "chance": ("seed", "theta = ", "theta = np.random.uniform(1, 2) * ", "gave two results"),
    "a random neuron": ("seed", "# neuron", RANDOM_NEURON, "a neuron must draw none"),
    "an attribute": (
        "saved and loaded",
        "return network",
        "network.readout.total = lambda timesteps: timesteps + 1.0; return network",
        "has to be a field of its dataclass",
    ),
    "no JSON": (
        "saved and loaded",
        PLACED,
        "Toy(theta, scale=1j)",
        "stopped with TypeError",
    ),
    "thresholds of T": (
        "anytime",
        "theta = ",
        "theta = max(timesteps) * ",
        "`convert` looks at `timesteps`. Say `anytime = False`",
    ),
    "another last step": ("anytime", "def record", LAST_STEP + "    def record", "Otherwise say"),
    "high thresholds": ("nears the ANN", "theta = ", "theta = 1e3 * ", "thresholds far too high"),
    "a readout that halves": (
        "nears the ANN",
        "return timesteps",
        "return 2 * timesteps",
        "error to the",
    ),
    "hidden values": ("kind of spikes", "# neuron", HIDDEN, "step 1: the values it sends are not"),
    "floats": ("kind of spikes", "# neuron", FLOATS, "say graded, .* is signed. Let `fire`"),
    "a mean over the layer": ("reach", "# neuron", LAYER_MEAN, "cut into bands .* say how far"),
    "neighbours": ("reach", "# neuron", NEIGHBOURS, "cut into bands of rows"),
    "a leak in fire": ("charge", "# neuron", LEAK, "`fire` must not change u"),
    "fewer SynOps": (
        "counts",
        RECORDING,
        FEWER_SYNOPS,
        r"SynOps of '\w+': the table would show \d+, the event loop finds \d+",
    ),
    "fewer spikes": (
        "counts",
        RECORDING,
        "return replace(simulation.record(time), spikes=1)",
        "plain, spikes: the table would show 1,",
    ),
    "free state": ("counts", "# neuron", "state_ops = 0", "Toy.state_ops is 0; expected"),
    "a short latency": (
        "counts",
        RECORDING,
        "return replace(simulation.record(time), latency_steps=1)",
        "took 4 steps, but the latency counts 1",
    ),
}


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes METHOD, changed, to a file and returns its path."""
    monkeypatch.setattr(Component, "registry", dict(Component.registry))

    def method(old: str = "", new: str = ""):
        assert old in METHOD
        file = tmp_path / "written.py"
        file.write_text(METHOD.replace(old, new, 1) if old else METHOD)
        return file

    return method


def test_the_method_passes_before_it_is_broken(write):
    found = {result.check: result for result in check_method(write())}
    assert list(found) == list(CHECKS)
    assert {result.verdict for result in found.values()} == {Verdict.OK}


@pytest.mark.parametrize("name", BROKEN)
def test_the_check_objects(write, name):
    check, old, new, message = BROKEN[name]
    result = run_check(check, Subject(write(old, new)))
    assert result.verdict is Verdict.FAILED
    assert re.search(message, result.message), result.message


def test_neighbours_within_the_reach_that_is_declared_pass(write):
    result = run_check("reach", Subject(write("# neuron", f"reach = 2\n{NEIGHBOURS}")))
    assert result.verdict is Verdict.OK


def test_every_check_is_shown_to_object():
    others = {"converts residual", "converts pixel shuffle"}  # the same function, another network
    assert {check for check, *_ in BROKEN.values()} == set(CHECKS) - others


def test_a_file_that_cannot_be_loaded_is_one_line(write):
    (result,) = check_method(write('title = "Written"', "pass"))
    assert (result.check, result.verdict) == ("metadata", Verdict.FAILED)
    assert "class Written lacks title" in result.message


def test_one_network_may_be_refused(write):
    refusal = "if network.relays: raise Refusal('No relays.')"
    found = {result.check: result for result in check_method(write("# convert", refusal))}
    assert found.pop("converts residual") == Result(
        "converts residual", Verdict.REFUSED, "No relays."
    )
    assert {result.verdict for result in found.values()} == {Verdict.OK}


def test_where_nothing_was_converted_there_is_nothing_more_to_check(write):
    subject = Subject(write("network.sites:", "network.sites[1:]:"))
    result = run_check("counts", subject)
    assert result.verdict is Verdict.NOT_APPLICABLE
    assert "mend that first" in result.message


@pytest.mark.parametrize(
    ("check", "old", "new", "reason"),
    [
        ("anytime", "# method", "anytime = False", "each T is converted and run by itself"),
        ("nears the ANN", '"training-free"', '"trained"', "need not come to the ANN"),
        ("reach", "# neuron", f"reach = None\n{LAYER_MEAN}", "look at their whole layer"),
        ("charge", PLACED, "IF(theta, hard_reset=True)", 'the reset "to zero" of IF loses charge'),
        ("charge", "# neuron", LOSSY, 'the reset "none" of Toy loses charge'),
        ("charge", "# neuron", f'integrator = "own"\n{HIDDEN}', "Toy has a `step` of its own"),
    ],
)
def test_a_check_that_does_not_apply_says_why(write, check, old, new, reason):
    result = run_check(check, Subject(write(old, new)))
    assert result.verdict is Verdict.NOT_APPLICABLE
    assert reason in result.message


WAITING = '''"""A method for a test."""

from dataclasses import dataclass

from spikebench.snn import BinaryDigits, Method, place_codes


@dataclass(frozen=True)
class OtherValues(BinaryDigits):
    def quantise(self, whole):
        return (whole * self.levels / self.theta).floor().clamp(0, self.levels)


class Written(Method):
    title, citation, family = "Written", "none", "training-free"
    anytime = False

    def convert(self, network, calibration, timesteps):
        return place_codes(
            network, calibration, lambda theta, signed: OtherValues(theta, levels=timesteps[0])
        )
'''


def test_a_layer_that_passes_on_other_values_than_its_events_say_is_found(tmp_path):
    file = tmp_path / "written.py"
    file.write_text(WAITING)
    result = run_check("charge", Subject(file))
    assert result.verdict is Verdict.FAILED
    assert "`quantise` has to return the number of levels that `fire` sends" in result.message
