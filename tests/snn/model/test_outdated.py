"""Method files of an earlier version stop with one sentence that says what to write now."""

import pytest
import torch

from spikebench.errors import BenchError
from spikebench.snn import load_method
from tests.snn.nets import chain, image

FILE = '''"""A method of an earlier version."""

from dataclasses import dataclass

from spikebench.snn import IF, Method
{imports}

@dataclass{frozen}
class Mine(IF):
    """Integrate and fire."""
{body}

class Old(Method):
    title, citation, family = "Old", "none", "training-free"

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            neuron = Mine(calibration.maximum(site))
            network.place(site, neuron)
            {after}
        return network
'''
NOW = {"imports": "", "frozen": "(frozen=True)", "body": "", "after": "pass"}
HOOKS = {
    "kernel": '    kernel = "integrate_and_fire"',
    "kernel_arguments": "    def kernel_arguments(self, state, step): return (), ()",
    "launch": "    def launch(self, state, step): return None",
    "rehearse": "    def rehearse(self, state, currents): return 0",
    "reset": "    def reset(self, u, spikes, state): u.zero_()",
}
FILES = {
    "a mutable neuron": ({"frozen": ""}, r"write @dataclass\(frozen=True\) above the class"),
    "a module that moved": (
        {"imports": "from spikebench.snn.readouts import Sum"},
        r"import from spikebench.snn alone: from spikebench.snn import NAME",
    ),
    "a name that moved": (
        {"imports": "from spikebench.snn import greedy"},
        r"import from spikebench.snn alone",
    ),
    **{
        name: ({"body": body}, rf"Class Mine defines `{name}` as neurons of an earlier version did")
        for name, body in HOOKS.items()
    },
}


def written(folder, **changes):
    file = folder / "old.py"
    file.write_text(FILE.format(**NOW | changes))
    return file


@pytest.mark.parametrize("name", FILES)
def test_an_old_file_is_refused_with_what_to_write(name, tmp_path):
    changes, message = FILES[name]
    file = written(tmp_path, **changes)
    with pytest.raises(BenchError, match=message) as refused:
        load_method(file)
    assert str(refused.value).startswith(str(file))
    assert "\n" not in str(refused.value)


def test_a_neuron_that_is_changed_after_it_was_placed(tmp_path):
    method = load_method(written(tmp_path, after="neuron.shift = 0.5"))
    with pytest.raises(BenchError, match=r"a value: write network\.adjust\(site, shift=\.\.\.\)"):
        method.apply(chain(), image(2, 1, 6, 6).float(), (1,))


def test_a_part_of_the_network_that_has_another_name_now(tmp_path):
    method = load_method(written(tmp_path, after="network.pixel_map = None"))
    with pytest.raises(AttributeError, match="pixel_map"):
        method.apply(chain(), image(2, 1, 6, 6).float(), (1,))


def test_a_file_of_today_loads(tmp_path):
    method = load_method(written(tmp_path))
    network = method.apply(chain(), image(2, 1, 6, 6).float(), (1,))
    assert all(torch.is_tensor(neuron.theta) for neuron in network.neurons.values())
