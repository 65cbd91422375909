"""LPIPS against the package's own network, its published example, and what it is shown."""

import pytest
import torch

from spikebench.data.fetch.file import fetch_file
from spikebench.data.images import read_pixels
from spikebench.errors import BenchError
from spikebench.metrics import perceptual
from spikebench.metrics.alexnet import OFFICIAL, read_packaged
from spikebench.metrics.perceptual import distance, look, sees
from spikebench.metrics.torchvision_compat import declare_missing_operators
from spikebench.metrics.trunks import TRUNKS, packaged_path

IMAGES = "https://raw.githubusercontent.com/richzhang/PerceptualSimilarity/master/imgs/"
# The first example of the package's README: how far each of two images is from ex_ref.png
EXAMPLES = {
    "ex_ref.png": "57aff3a0aeb6ebea151411f35b4487ea130aedcac6addd91c8c015969f9df097",
    "ex_p0.png": "f44901a99c82755cfe78cdbde66579ae06cd0ebbba4a2539aa35ef96bbe703db",
    "ex_p1.png": "6ada2a42a3378bfa408027ba2d54a827c6f2cec30a0506e4f140fddaca661022",
}

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # torchvision, as lpips calls it


def package(trunk: str, **options: bool) -> torch.nn.Module:
    """Return the network of the package `lpips`, whose trunk nothing has been put into."""
    declare_missing_operators()
    import lpips

    return lpips.LPIPS(net=trunk, pnet_rand=True, verbose=False, **options).eval()


@pytest.fixture(scope="module")
def alex() -> torch.nn.Module:
    """The package's network, with AlexNet's features put in the place of torchvision's."""
    network = package("alex")
    places = [f"slice{at}.{place}" for at, place in enumerate(OFFICIAL, start=1)]
    kernels = zip(places, read_packaged(packaged_path("alex")), strict=True)
    state = {
        f"{place}.{name}": value
        for place, kernel in kernels
        for name, value in zip(("weight", "bias"), kernel, strict=True)
    }
    network.net.load_state_dict(state)  # strict: no layer keeps its random weights
    return network


def smooth(channels: int, height: int, width: int, seed: int) -> torch.Tensor:
    """Return an image (1, C, H, W) in [0, 1] with edges and gradients, unlike noise."""
    random = torch.Generator().manual_seed(seed)
    small = torch.rand(1, channels, 7, 9, generator=random)
    return torch.nn.functional.interpolate(small, (height, width), mode="bicubic").clamp(0, 1)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("sides", [(31, 40), (64, 64), (97, 130)])
def test_distances_are_those_of_the_package(alex, channels, sides):
    target = smooth(channels, *sides, seed=0)
    for strength in (0.01, 0.1, 0.5):
        noise = torch.randn(target.shape, generator=torch.Generator().manual_seed(1))
        restored = (target + strength * noise).clamp(0, 1)
        with torch.no_grad():
            pair = [image.repeat(1, 3 // channels, 1, 1) for image in (restored, target)]
            expected = alex(*pair, normalize=True).item()
        found = distance(look(restored, "alex"), look(target, "alex"), "alex")
        assert found == pytest.approx(expected, rel=1e-4, abs=1e-7)
        assert found > 1e-5


def test_an_image_is_at_no_distance_from_itself():
    seen = look(smooth(3, 64, 64, seed=2), "alex")
    assert distance(seen, seen, "alex") == 0


def test_no_gradient_is_kept():
    image = smooth(1, 40, 40, seed=3).requires_grad_()
    assert not any(layer.requires_grad for layer in look(image, "alex"))


@pytest.mark.parametrize(("other", "expected"), [("ex_p0.png", 0.722), ("ex_p1.png", 0.138)])
def test_the_examples_of_the_package_have_their_published_distances(
    mirror, tmp_path, other, expected
):
    seen = []
    for name in ("ex_ref.png", other):
        try:
            fetch_file(IMAGES + name, tmp_path / name, EXAMPLES[name], None, mirror)
        except BenchError as error:
            pytest.skip(str(error))
        pixels = torch.from_numpy(read_pixels(tmp_path / name) / 255)
        seen.append(look(pixels.float().permute(2, 0, 1)[None], "alex"))
    assert distance(*seen, "alex") == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize("trunk", TRUNKS)
def test_the_least_side_is_where_the_package_gives_up(trunk):
    network, least = package(trunk, pretrained=False), TRUNKS[trunk].least_side
    network(*torch.zeros(2, 1, 3, least, least))
    assert sees(trunk, least, least)
    with pytest.raises(RuntimeError, match="too small"):
        network(*torch.zeros(2, 1, 3, least - 1, 64))
    assert not sees(trunk, least - 1, 64) and not sees(trunk, 64, least - 1)


def test_squeezenet_runs_in_the_network_of_the_package(monkeypatch, tmp_path):
    torch.manual_seed(0)
    network = package("squeeze")
    monkeypatch.setattr(perceptual, "verified", lambda _: tmp_path)
    monkeypatch.setattr("lpips.LPIPS", lambda **_: network)
    perceptual._network.cache_clear()
    target, restored = (smooth(3, 48, 50, seed) for seed in (4, 5))
    with torch.no_grad():
        expected = network(restored, target, normalize=True).item()
    found = distance(look(restored, "squeeze"), look(target, "squeeze"), "squeeze")
    perceptual._network.cache_clear()
    assert found == pytest.approx(expected, rel=1e-4)
