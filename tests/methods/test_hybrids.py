"""Every training-free method converts networks with gates, attention and two-sided activations.

Or it refuses them: its reason is what the page shows.
"""

from pathlib import Path

import pytest
import torch

from spikebench.errors import Refusal
from spikebench.snn import Reference, load_method, simulate
from tests.snn.nets import image
from tests.snn.restorers import HYBRID, PURE

FILES = [file for file in sorted(Path("methods").glob("*.py")) if file.stem[0] != "_"]
LOADED = {file.stem: load_method(file) for file in FILES}
TRAINING_FREE = [
    name
    for name, method in LOADED.items()
    if not (isinstance(method, Reference) or method.tuned or method.family == "trained")
]
NETWORKS = PURE | HYBRID
NEED_ONE_OUTPUT = {("spikingir", "LapSRN"), ("graded_reuse", "LapSRN")}  # it has two


@pytest.mark.parametrize(
    "network",
    ["RCAN", *(pytest.param(n, marks=pytest.mark.slow) for n in ("FSRCNN", "LapSRN", "SwinIR"))],
)
@pytest.mark.parametrize("name", TRAINING_FREE)
def test_it_converts_and_comes_near_the_ann_or_refuses(name, network):
    torch.manual_seed(0)
    net = NETWORKS[network]().eval().requires_grad_(False)
    picture, patches = image(12, 10).float(), image(4, 1, 16, 16).float()
    if (name, network) in NEED_ONE_OUTPUT:
        with pytest.raises(Refusal, match="needs one last synapse"):
            LOADED[name].apply(net, patches, (8,))
        return
    (found,) = simulate(LOADED[name].apply(net, patches, (8,)), picture, [8])
    expected = net(picture)
    error = (found.output - expected).square().mean().sqrt()
    assert error < 0.5 * expected.std()
