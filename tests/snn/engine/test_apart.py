"""Images of a batch that are counted apart; tests/methods/test_device.py has every method."""

from pathlib import Path

import pytest
import torch

from spikebench.ann.architecture import construct
from spikebench.errors import BenchError
from spikebench.snn import Network, load_method, simulate
from spikebench.snn.engine import apart
from spikebench.snn.engine.apart import most_together
from spikebench.snn.engine.counting.work_counters import shared
from spikebench.snn.engine.tiling import bands


def converted(module: torch.nn.Module, image: torch.Tensor, method: str = "max_norm") -> Network:
    return load_method(Path(f"methods/{method}.py")).apply(module, image, (3,))


@pytest.fixture(scope="module")
def network() -> Network:
    torch.manual_seed(0)
    module = construct(Path("backbones/dncnn.py"), {"depth": 3, "width": 8}).eval()
    return converted(module, torch.rand(4, 1, 16, 16))


def test_the_images_of_a_batch_add_up_to_it(network):
    batch = torch.rand(3, 1, 12, 10)
    (whole,) = simulate(network, batch, [3], apart=True)
    assert len(whole.images) == 3
    assert torch.equal(torch.cat([one.output for one in whole.images]), whole.output)
    for name in ("neurons", "spikes", "state_ops"):
        assert sum(getattr(one, name) for one in whole.images) == getattr(whole, name)
    for place, layer in enumerate(whole.layers):
        for name in ("neurons", "events", "spikes", "synops", "macs_cached"):
            parts = [getattr(one.layers[place], name) for one in whole.images]
            assert sum(parts) == getattr(layer, name)
    assert len({one.spikes for one in whole.images}) > 1


def test_a_single_image_is_its_own_batch(network):
    (whole,) = simulate(network, torch.rand(1, 1, 12, 10), [3], apart=True)
    (one,) = whole.images
    assert one.layers == whole.layers
    assert one.output is whole.output


def test_images_are_not_kept_where_nobody_asks(network):
    (whole,) = simulate(network, torch.rand(2, 1, 12, 10), [3])
    assert whole.images == ()


def test_a_batch_is_as_large_as_it_fits_without_bands(network, monkeypatch):
    small, large = torch.rand(1, 1, 16, 16), torch.rand(1, 1, 600, 500)
    assert most_together(network, small) == apart.MOST
    monkeypatch.setattr("spikebench.snn.engine.tiling.BUDGET", 2 * 600 * 500 * 16 * 6)
    assert not bands(network, large)
    assert most_together(network, large) == 2


def test_work_that_images_do_not_share_equally_is_refused():
    assert shared(12, 3) == 4
    with pytest.raises(BenchError, match="13 operations are not shared equally by 3 images"):
        shared(13, 3)
