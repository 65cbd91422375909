"""The rate code of layers that wait: the image of other codes, in k spikes, without unevenness."""

from pathlib import Path

import torch

from spikebench.conformance.nets import patches
from spikebench.snn import load_method, run_ann, simulate
from tests.snn.nets import dncnn, image

T = 15


def run(name: str, **options):
    method = load_method(Path(f"methods/{name}.py"), options)
    (found,) = simulate(method.apply(dncnn_once(), patches(), (T,)), image(9, 8).float(), [T])
    return found


def dncnn_once():
    torch.manual_seed(0)
    return dncnn()


def test_it_gives_the_image_of_every_code_of_as_many_levels():
    rate, once, digits = run("waiting_rate"), run("ttfs"), run("radix")
    assert torch.equal(rate.output, once.output)
    assert torch.equal(rate.output, digits.output)
    assert once.spikes < digits.spikes < rate.spikes
    assert (rate.latency_steps, digits.latency_steps) == (3 * T, 3 * 4)


def test_one_step_a_layer_is_nearer_to_the_ann_than_all_layers_at_once():
    uneven = run("percentile_norm", per_channel=True, initial=0.5)
    method = load_method(Path("methods/qann.py"))
    network = method.apply(dncnn_once(), patches(), (T,))
    target = run_ann(network.graph, image(9, 8).float())
    error = {
        name: (found.output - target).square().mean()
        for name, found in (("waits", run("waiting_rate")), ("uneven", uneven))
    }
    assert error["waits"] < error["uneven"]
