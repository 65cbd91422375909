import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file

from spikebench.adding.backbone import Request, add_backbone
from spikebench.adding.dataset import add_dataset
from spikebench.adding.tasks import Wanted
from spikebench.ann.backbone import load_backbone, load_backbone_spec
from spikebench.ann.weights import fetch_weights
from spikebench.errors import BenchError
from tests.adding.conftest import snapshot


@pytest.fixture
def file(trained, tmp_path) -> Path:
    """A checkpoint with two versions of the weights of ESPCN-tiny."""
    state = trained("espcn_tiny_x2")
    other = {name: value / 2 for name, value in state.items()}
    torch.save({"params": other, "params_ema": state, "iter": 5}, tmp_path / "My Net.pth")
    return tmp_path / "My Net.pth"


def test_weights_become_a_backbone_that_loads_as_it_was_saved(root, file, trained, tmp_path):
    said = add_backbone(Request(file, "espcn", key="params_ema", licence="mine"), root)
    assert "Its compiled graph has 4 places" in said[2]
    assert said[-1] == "Next: snakemake --cores 2 all --configfile config/my_net.yaml"
    spec = load_backbone_spec("my_net", root / "backbones")
    assert (spec.title, spec.licence, spec.multiple) == ("My Net", "mine", 1)
    assert spec.options == {"scale": 2, "depth": 5, "width": 32}
    assert spec.task == load_backbone_spec("espcn_tiny_x2").task
    fetch_weights(spec, tmp_path / "w.safetensors", root / "backbones")
    found, expected = load_file(tmp_path / "w.safetensors"), trained("espcn_tiny_x2")
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    load_backbone(spec, tmp_path / "w.safetensors", root / "backbones")


def test_the_key_that_was_found_is_written_down(root, trained, tmp_path):
    state = {f"net.{name}": value for name, value in trained("unet_tiny_rain").items()}
    torch.save({"state_dict": state, "epoch": 3}, tmp_path / "rain.ckpt")
    said = add_backbone(Request(tmp_path / "rain.ckpt", "unet", wanted=Wanted("derain")), root)
    assert "images of 3 channels and sides that are multiples of 4" in said[1]
    spec = load_backbone_spec("rain", root / "backbones")
    assert (spec.weights.key, spec.multiple) == ("state_dict.net", 4)


def test_its_run_uses_the_images_that_were_added(root, file, brought):
    add_backbone(Request(file, "espcn", name="first", key="params"), root)
    add_dataset(brought, root=root, name="mine", tasks=["super_resolution"])
    add_backbone(Request(file, "espcn", name="second", key="params"), root)
    for name, dataset, images in (("first", "embedded", 4), ("second", "mine", 3)):
        run = yaml.safe_load((root / f"config/{name}.yaml").read_text())
        assert run["benchmarks"] == [{"datasets": [dataset], "backbones": [name], "images": images}]


def test_an_architecture_of_the_users_is_copied(root, file, tmp_path):
    own = tmp_path / "Own-Net.py"
    own.write_text((root / "backbones/espcn.py").read_text() + "\n# mine\n")
    request = Request(file, str(own), key="params_ema")
    said = add_backbone(request, root)
    assert (root / "backbones/own_net.py").read_bytes() == own.read_bytes()
    assert "own_net.py" in said[-2]
    own.write_text(own.read_text() + "# changed\n")
    with pytest.raises(BenchError, match=r"There already: .*own_net\.py"):
        add_backbone(Request(file, str(own), name="other", key="params_ema"), root)


REFUSED = {
    "two states": (Request(Path("x"), "espcn"), "2 states that fit, under `params`, `params_ema`"),
    "no architecture": (Request(Path("x"), "espn"), "no architecture 'espn'. Did you mean 'espcn'"),
    "no file of it": (Request(Path("x"), "nets/own.py"), r"There is no file nets/own\.py"),
    "another network": (Request(Path("x"), "dncnn", key="params"), r"does not fit DnCNN"),
    "wrong options": (
        Request(Path("x"), "espcn", key="params", options={"width": 8}),
        r"`body\.0\.bias` has shape \(32,\), expected \(8,\)",
    ),
    "another task": (
        Request(Path("x"), "espcn", key="params", wanted=Wanted("derain")),
        "Say --task super_resolution",
    ),
    "unknown protocol": (
        Request(Path("x"), "espcn", key="params", wanted=Wanted(protocol="psnr")),
        "`task` has `protocol: psnr`, which is none for `channels: y`",
    ),
}


@pytest.mark.parametrize(("request_", "message"), REFUSED.values(), ids=REFUSED)
def test_nothing_is_written_where_something_is_wrong(root, file, request_, message):
    shutil.copy(file, root.parent / "x")
    before = snapshot(root)
    fields = vars(request_) | {"file": root.parent / "x"}
    with pytest.raises(BenchError, match=message):
        add_backbone(Request(**fields), root)
    assert snapshot(root) == before


def test_a_missing_file_is_named(root, tmp_path):
    with pytest.raises(BenchError, match=r"There is no file .*absent\.pth"):
        add_backbone(Request(tmp_path / "absent.pth", "espcn"), root)


def test_a_task_with_pairs_needs_sets_of_them_first(root, trained, tmp_path, pairs):
    torch.save(trained("unet_tiny_rain"), tmp_path / "net.pth")
    request = Request(tmp_path / "net.pth", "unet", name="one", wanted=Wanted("deblur"))
    said = add_backbone(request, root)
    assert "Whether it restores was not tried: no pairs of deblur are here." in said
    assert said[-1] == (
        "Next, before a run of deblur: spikebench add dataset FOLDER --task deblur; "
        "spikebench add dataset FOLDER --task deblur --train"
    )
    assert not (root / "config/one.yaml").exists()
    add_dataset(pairs("test", 0), root=root, tasks=["deblur"])
    said = add_dataset(pairs("train", 1), root=root, tasks=["deblur"], role="train")
    assert said[-1] == "Next: snakemake --cores 2 all --configfile config/train.yaml"
    run = yaml.safe_load((root / "config/train.yaml").read_text())
    assert run["benchmarks"] == [{"datasets": ["test"], "backbones": ["one"], "images": 2}]
    assert run["calibration"]["datasets"] == {"deblur": "train"}
    said = add_backbone(replace(request, name="two"), root)
    assert any(line.startswith("It takes one image from") for line in said)
    assert (root / "config/two.yaml").exists()


def test_weights_that_restore_nothing_are_said_to(root, trained, tmp_path):
    state = {name: -value for name, value in trained("dncnn_tiny_s25").items()}
    torch.save(state, tmp_path / "bad.pth")
    said = add_backbone(Request(tmp_path / "bad.pth", "dncnn", wanted=Wanted(sigma=25)), root)
    assert any(line.startswith("Mind: it restores nothing.") for line in said)
