"""Every backbone of the repository keeps what its yaml says."""

from statistics import mean

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from spikebench.ann.backbone import ROOT, build, load_backbone, load_backbone_spec
from spikebench.ann.macs import dense_macs
from spikebench.ann.weights import fetch_weights
from spikebench.data.degrade import pad_to_multiple
from spikebench.data.fetch.dataset import fetch_dataset
from spikebench.data.registry import load_dataset
from spikebench.data.samples import Sample, samples
from spikebench.metrics.image import measure
from spikebench.metrics.protocols import PROTOCOLS
from spikebench.run import catalogue
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.forward import run_ann

NAMES = sorted(file.stem for file in ROOT.glob("*.yaml"))
SPECS = {name: load_backbone_spec(name) for name in NAMES}
EMBEDDED = [name for name in NAMES if SPECS[name].weights.embedded]
PINNED = [name for name in NAMES if SPECS[name].weights.url and SPECS[name].weights.sha256]
MACS = {  # per pixel of the output
    "dncnn_s": 554_112,
    "ffdnet_s": 121_104,
    "ffdnet_rgb": 9 * 96 * (15 + 10 * 96 + 12) // 4,
    "vdsr": 664_704,
    "prn": 568_512,
    # The 98,939 and 35,254 of the literature have 9 MAC more for each pixel, in and out: they count
    # the shifts by a mean colour as convolutions.
    "carn_m_x2": 98_939.25 - 9 * (1 + 1 / 4),
    "carn_m_x4": 35_253.5625 - 9 * (1 + 1 / 16),
    "edsr_baseline_x2": 343_152,
    "edsr_baseline_x4": 123_948,
}


def picture(name: str) -> Tensor:
    """Return a small image (1, C, h, w) in float64 as the backbone receives it."""
    sides = (16, 24) if least(name) > 8 else (8, 12)  # multiples of what any instance asks for
    random = torch.Generator().manual_seed(0)
    return torch.rand(1, channels(name), *sides, generator=random, dtype=torch.float64)


def least(name: str) -> int:
    """Return the shortest side that it takes: RFDN pools 7x7 windows of a map of half the size."""
    return 15 if name.startswith("rfdn") else SPECS[name].multiple


def channels(name: str) -> int:
    return 3 if SPECS[name].task.channels == "rgb" else 1


def randomised(name: str) -> nn.Module:
    """Return the network in evaluation mode, float64, with statistics as if it were trained."""
    network = build(SPECS[name]).double().eval().requires_grad_(False)
    for norm in network.modules():
        if isinstance(norm, nn.BatchNorm2d):
            for value, low in ((norm.running_mean, -1), (norm.running_var, 0.5)):
                value.uniform_(low, 1)
            for value in (norm.weight, norm.bias):
                value.uniform_(0.5, 1)
    return network


SITES = {  # of a call: a leaky ReLU has two sides, the largest of 7x7 values takes 6 pairs twice
    torch.ops.aten.relu: 1,
    torch.ops.aten.relu_: 1,
    torch.ops.aten.leaky_relu: 2,
    torch.ops.aten._prelu_kernel: 2,
    torch.ops.aten.max_pool2d_with_indices: 12,
}


class Activations(TorchDispatchMode):
    """Counts the sites that the calls of activations ask for while a network runs."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.calls += SITES.get(function.overloadpacket, 0)
        return function(*args, **kwargs or {})


@pytest.fixture
def psnr(tmp_path):
    """Return a function: the PSNR of every image that a backbone restores of a data set, in dB."""

    def of(name: str, dataset: str, images: list[str] | None = None) -> list[float]:
        spec, source = SPECS[name], load_dataset(dataset)
        fetch_weights(spec, tmp_path / "weights.safetensors")
        fetch_dataset(source, tmp_path / dataset)
        network = load_backbone(spec, tmp_path / "weights.safetensors")
        with torch.inference_mode():
            return [
                measure(
                    _cropped(network(pad_to_multiple(sample.degraded, spec.multiple)), sample),
                    sample.target,
                    spec.task.protocol,
                    scale=spec.task.scale,
                ).psnr
                for sample in samples(source, tmp_path / dataset, spec.task, seed=0, images=images)
            ]

    return of


def _cropped(restored: Tensor, sample: Sample) -> Tensor:
    height, width = sample.target.shape[-2:]
    return restored[..., :height, :width]


@pytest.mark.parametrize("name", NAMES)
def test_it_keeps_channels_and_scale_for_every_side_it_accepts(name):
    spec, image = SPECS[name], picture(name).float()
    sides = (side * spec.task.enlargement for side in image.shape[-2:])
    assert build(spec).eval()(image).shape == (1, channels(name), *sides)
    smallest = image[..., : least(name), : least(name)]
    assert build(spec).eval()(smallest).shape[-1] == least(name) * spec.task.enlargement


@pytest.mark.parametrize("name", NAMES)
def test_the_compiled_graph_computes_the_network(name):
    network, image = randomised(name), picture(name)
    expected = network(image)
    torch.testing.assert_close(
        run_ann(compile_graph(network), image), expected, rtol=0, atol=1e-12 * expected.abs().max()
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_call_of_an_activation_has_a_site(name):
    network = randomised(name)
    with Activations() as counted:
        network(picture(name))
    sites = [site for site in compile_graph(network).sites if site.role == "activation"]
    assert len(sites) == counted.calls
    assert counted.calls or name.startswith("nafnet")  # which multiplies in place of activating


@pytest.mark.parametrize(
    ("name", "family"), [(n, f) for n in NAMES for f in MACS if n.startswith(f) and "tiny" not in n]
)
def test_its_arithmetic_is_that_of_the_literature(name, family):
    image = picture(name).float()
    pixels = image[0, 0].numel() * SPECS[name].task.enlargement ** 2
    assert dense_macs(build(SPECS[name]).eval(), image) == MACS[family] * pixels


@pytest.mark.parametrize("name", NAMES)
def test_the_options_agree_with_the_task(name):
    spec = SPECS[name]
    for key in ("sigma", "scale"):
        assert spec.options.get(key) in (None, getattr(spec.task, key))


@pytest.mark.parametrize("name", NAMES)
def test_every_known_score_names_a_set_of_its_task_and_a_protocol(name):
    spec = SPECS[name]
    for score in [*spec.published, *spec.measured]:
        assert spec.task.kind in catalogue.dataset(score.dataset).tasks
        assert score.protocol in PROTOCOLS
        assert spec.task.protocol in PROTOCOLS


def test_titles_are_unique():
    titles = [spec.title for spec in SPECS.values()]
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("name", EMBEDDED)
def test_embedded_weights_are_the_pinned_small_and_explained(name, tmp_path):
    spec = SPECS[name]
    fetch_weights(spec, tmp_path / "weights.safetensors")
    size = (ROOT / spec.weights.file).stat().st_size
    assert size == spec.weights.bytes < 600_000
    assert spec.recipe and spec.measured


@pytest.mark.parametrize("name", EMBEDDED)
def test_a_test_set_is_not_trained_on(name):
    assert load_dataset(SPECS[name].recipe.dataset).role == "train"


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        pytest.param("dncnn_tiny_s25", "set12", marks=pytest.mark.slow),
        pytest.param("nafnet_tiny_s25", "set12", marks=pytest.mark.slow),
        pytest.param("dncnn_tiny_q10", "set12", marks=pytest.mark.slow),
        ("espcn_tiny_x2", "set5"),
        ("fsrcnn_x2", "set5"),
    ],
)
def test_embedded_weights_reach_the_measured_psnr(mirror, psnr, name, dataset):
    stated = {score.dataset: score.psnr for score in SPECS[name].measured}
    assert mean(psnr(name, dataset)) == pytest.approx(stated[dataset], abs=0.005)


@pytest.mark.mirror
@pytest.mark.parametrize("name", PINNED)
def test_published_weights_fit(mirror, tmp_path, name):
    fetch_weights(SPECS[name], tmp_path / "weights.safetensors")
    load_backbone(SPECS[name], tmp_path / "weights.safetensors")


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        ("carn_m_x4", "set5"),
        pytest.param("ffdnet_s50", "set12", marks=pytest.mark.slow),
        pytest.param("vdsr_x4", "set5", marks=pytest.mark.slow),
    ],
)
def test_published_weights_reach_what_independent_code_measured(mirror, psnr, name, dataset):
    stated = {score.dataset: score.psnr for score in SPECS[name].measured}
    assert mean(psnr(name, dataset)) == pytest.approx(stated[dataset], abs=0.02)


@pytest.mark.mirror
def test_dncnn_reproduces_its_published_psnr(mirror, psnr):
    """Zhang et al., table III, DnCNN-S at sigma 25: C.man 30.18, House 33.06, Peppers 30.87."""
    found = psnr("dncnn_s25", "set12", ["01", "02", "03"])
    assert found == pytest.approx([30.18, 33.06, 30.87], abs=0.1)
