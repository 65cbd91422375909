"""Every method sends the same spikes, to the bit, from compiled neurons and from PyTorch's."""

from ctypes import CDLL

import pytest

from spikebench.conformance.nets import build, picture
from spikebench.conformance.subject import convert, record, same
from spikebench.snn import load_method
from spikebench.snn.engine import currents
from spikebench.snn.kernels import library
from tests.methods.test_conformance import CONVERSIONS, FILES

pytestmark = pytest.mark.skipif(not library.available(), reason="the kernels were not compiled")

STEPS = {
    "burst": "burst",
    "cos": "integrate_and_fire",
    "dcgs": "differential",
    "graded_reuse": "integrate_and_fire",
    "max_norm": "integrate_and_fire",
    "multi_threshold": "multi_threshold",
    "signed_if": "signed_integrate_and_fire",
    "snm": "signed_integrate_and_fire",
    "spikingir": "integrate_and_fire",
    "srp": "integrate_and_fire",
}


@pytest.mark.parametrize("name", CONVERSIONS)
def test_compiled_neurons_change_no_bit(name, monkeypatch):
    networks = convert(load_method(FILES[name]), build("plain"))
    # The convolution alone may round otherwise, since it adds in another order.
    monkeypatch.setattr(currents, "DENSEST", -1.0)
    fast = record(networks, picture())
    for module in ("census", "library"):
        monkeypatch.setattr(f"spikebench.snn.kernels.{module}.available", lambda: False)
    assert same(fast, record(networks, picture()))


@pytest.mark.parametrize(("name", "kernel"), STEPS.items())
def test_a_method_is_served_by_its_kernel(name, kernel, monkeypatch):
    called = set()

    class Listening:
        def __init__(self, compiled: CDLL) -> None:
            self.compiled = compiled

        def __getattr__(self, function: str):
            called.add(function)
            return getattr(self.compiled, function)

    found = library.library
    for module in ("fire", "launch"):
        place = f"spikebench.snn.kernels.{module}.library"
        monkeypatch.setattr(place, lambda part: Listening(found(part)))
    record(convert(load_method(FILES[name]), build("plain"), (2,)), picture())
    assert kernel in called
