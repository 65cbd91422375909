"""What a residual potential proves, and that the silenced stay silent."""

import sys
from pathlib import Path

import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.snn import Step, load_method, simulate
from tests.snn.nets import chain, image

FILE = Path("methods/srp.py")
units = st.integers(-32, 32)


def silenced():
    load_method(FILE)
    one = torch.tensor([1.0], dtype=torch.float64)
    return sys.modules["spikebench_methods.srp"].Silenced(one, initial=one / 2)


def run(neuron, state, train, **step) -> int:
    steps = enumerate(train, 1)
    return sum(
        int(neuron.step(state, torch.tensor([z / 16], dtype=torch.float64), Step(t, **step))[1])
        for t, z in steps
    )


@given(first=st.lists(units, min_size=1, max_size=8), second=st.lists(units, max_size=8))
def test_who_fired_though_nothing_was_wanted_is_silent_afterwards(first, second):
    neuron = silenced()
    state = neuron.start(torch.zeros(1, dtype=torch.float64))
    fired, charge = run(neuron, state, first, read=False), sum(first) / 16 + 0.5
    wanted = min(max(int(charge // 1), 0), len(first))
    residue = state["v"].item()
    if wanted == 0 and fired:
        assert residue < 0
    if residue < 0 and fired:
        assert fired > charge // 1
    if residue < 0:
        assert run(neuron, state, second) == 0


@given(st.lists(units, min_size=1, max_size=8))
def test_who_keeps_a_potential_starts_afresh(train):
    neuron = silenced()
    state = neuron.start(torch.zeros(1, dtype=torch.float64))
    first = run(neuron, state, train, read=False)
    if state["v"] > 1e-3:
        assert run(neuron, state, train) == first


def test_the_first_run_counts():
    network = load_method(FILE).apply(chain(), image(4, 1, 8, 8, seed=1).float(), (2,))
    (recording,) = simulate(network, image(7, 6).float(), [2])
    assert recording.latency_steps == 4 + 2
    assert recording.state_ops == 6 * (7 * 42 * 3 + 4 * 42) + 42 + 3 * 42
