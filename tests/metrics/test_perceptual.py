"""LPIPS: where its networks are looked for, and what they are shown."""

from pathlib import Path

import pytest
import torch

from spikebench.data.fetch.file import fetch_file
from spikebench.data.images import read_pixels
from spikebench.errors import BenchError
from spikebench.metrics import perceptual
from spikebench.metrics.perceptual import TRUNKS, distance, reason_without, trunk_path
from spikebench.metrics.torchvision_compat import declare_missing_operators

EXAMPLES = "https://raw.githubusercontent.com/richzhang/PerceptualSimilarity/master/imgs/"


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """An empty torch.hub: whatever this machine holds, LPIPS has no weights."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    perceptual._network.cache_clear()
    yield tmp_path / "hub/checkpoints"
    perceptual._network.cache_clear()


@pytest.mark.parametrize("trunk", TRUNKS)
@pytest.mark.parametrize("variable", ["TORCH_HOME", "XDG_CACHE_HOME", None])
def test_a_trunk_is_looked_for_where_torch_keeps_it(monkeypatch, tmp_path, variable, trunk):
    for name in ("TORCH_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path))
    assert trunk_path(trunk).parent == Path(torch.hub.get_dir(), "checkpoints")


def test_its_name_holds_the_first_digits_of_its_hash():
    assert all(file.sha256[:8] in file.url for file in TRUNKS.values())


def test_a_missing_trunk_is_said_and_never_downloaded(hub):
    reason = reason_without("alex")
    assert "alexnet-owt-7be5be79.pth" in reason and "fetch_lpips" in reason
    image = torch.zeros(1, 1, 64, 64)
    with pytest.raises(BenchError, match=r"LPIPS is not measured: alexnet"):
        distance(image, image, "alex")
    assert not hub.exists()


def test_another_file_of_that_name_is_refused(hub):
    hub.mkdir(parents=True)
    trunk_path("squeeze").write_bytes(b"something else")
    assert not reason_without("squeeze")
    image = torch.zeros(1, 1, 64, 64)
    with pytest.raises(BenchError, match=r"SHA-256 .*expected b8a52dc049.*fetch_lpips"):
        distance(image, image, "squeeze")


def test_one_channel_is_repeated_and_values_run_from_minus_one_to_one(monkeypatch):
    seen = []
    monkeypatch.setattr(perceptual, "_network", lambda _: lambda *x: seen.append(x) or 0.5)
    restored, target = torch.zeros(1, 1, 8, 9), torch.ones(1, 1, 8, 9)
    assert distance(restored, target, "alex") == 0.5
    assert torch.equal(seen[0][0], -torch.ones(1, 3, 8, 9))
    assert torch.equal(seen[0][1], torch.ones(1, 3, 8, 9))


@pytest.mark.filterwarnings("ignore::UserWarning")  # of torchvision, called as lpips calls it
@pytest.mark.parametrize("trunk", TRUNKS)
def test_the_least_side_is_where_the_package_gives_up(trunk):
    declare_missing_operators()
    import lpips

    network = lpips.LPIPS(net=trunk, pretrained=False, pnet_rand=True, verbose=False).eval()
    least = TRUNKS[trunk].least_side
    network(*torch.zeros(2, 1, 3, least, least))
    with pytest.raises(RuntimeError, match="too small"):
        network(*torch.zeros(2, 1, 3, least - 1, 64))


@pytest.mark.skipif(bool(reason_without("alex")), reason=reason_without("alex"))
@pytest.mark.parametrize(("other", "expected"), [("ex_p0.png", 0.722), ("ex_p1.png", 0.138)])
def test_the_examples_of_the_package_have_their_published_distances(
    tmp_path, monkeypatch, other, expected
):
    images = []
    monkeypatch.chdir(tmp_path)
    for name in ("ex_ref.png", other):
        fetch_file(EXAMPLES + name, tmp_path / name, None, None)
        pixels = torch.from_numpy(read_pixels(tmp_path / name) / 255)
        images.append(pixels.float().permute(2, 0, 1)[None])
    assert distance(*images, "alex") == pytest.approx(expected, abs=5e-4)
