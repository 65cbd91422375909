"""Every backbone of the repository keeps what its yaml says."""

from statistics import mean

import pytest
import torch

from spikebench.ann.backbone import ROOT, build, load_backbone, load_backbone_spec
from spikebench.ann.weights import fetch_weights
from spikebench.data.fetch import fetch_dataset
from spikebench.data.registry import load_dataset
from spikebench.data.samples import samples
from spikebench.metrics import measure

NAMES = sorted(file.stem for file in ROOT.glob("*.yaml"))
SPECS = {name: load_backbone_spec(name) for name in NAMES}
EMBEDDED = [name for name in NAMES if SPECS[name].weights.file]


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
                    network(sample.degraded),
                    sample.target,
                    spec.task.protocol,
                    scale=spec.task.scale,
                ).psnr
                for sample in samples(source, tmp_path / dataset, spec.task, seed=0, images=images)
            ]

    return of


@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_traced_and_keeps_its_scale(name):
    network = build(SPECS[name])
    image = torch.rand(1, 1, 12, 10)
    scale = SPECS[name].task.scale or 1
    assert network(image).shape == (1, 1, 12 * scale, 10 * scale)
    assert torch.equal(torch.fx.symbolic_trace(network)(image), network(image))


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
    ("name", "dataset"), [("dncnn_tiny_s25", "set12"), ("espcn_tiny_x2", "set5")]
)
def test_embedded_weights_reach_the_measured_psnr(mirror, psnr, name, dataset):
    stated = {score.dataset: score.psnr for score in SPECS[name].measured}
    assert mean(psnr(name, dataset)) == pytest.approx(stated[dataset], abs=0.005)


@pytest.mark.mirror
def test_dncnn_reproduces_its_published_psnr(mirror, psnr):
    """Zhang et al., table III, DnCNN-S at sigma 25: C.man 30.18, House 33.06, Peppers 30.87."""
    found = psnr("dncnn_s25", "set12", ["01", "02", "03"])
    assert found == pytest.approx([30.18, 33.06, 30.87], abs=0.1)
