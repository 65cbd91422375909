"""Every method sends the same spikes, to the bit, from compiled neurons and from PyTorch's."""

from importlib import import_module

import pytest

from spikebench.check.nets import build, picture
from spikebench.check.subject import convert, record, same
from spikebench.snn import load_method
from spikebench.snn.native import library
from tests.methods.test_conformance import CONVERSIONS, FILES

pytestmark = pytest.mark.skipif(not library.available(), reason="the kernels were not compiled")


@pytest.mark.parametrize("name", CONVERSIONS)
def test_compiled_neurons_change_no_bit(name, monkeypatch):
    networks = convert(load_method(FILES[name]), build("plain"))
    # The convolution alone may round otherwise, since it adds in another order.
    monkeypatch.setattr(import_module("spikebench.snn.simulate"), "DENSEST", -1.0)
    fast = record(networks, picture())
    for module in ("fire", "library"):
        monkeypatch.setattr(f"spikebench.snn.native.{module}.available", lambda: False)
    assert same(fast, record(networks, picture()))
