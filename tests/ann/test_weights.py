from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file

from spikebench.ann import weights as fetching
from spikebench.ann.backbone import build, load_backbone_spec
from spikebench.ann.weights import fetch_weights
from spikebench.errors import BenchError
from tests.ann.conftest import fetched_from, pins, write_spec


@pytest.fixture
def mirrored(root, monkeypatch) -> Path:
    """The folder backbones/, and a mirror that serves fetched.pth from it."""
    mirror = root.parent / "mirror"
    mirror.mkdir()
    (mirror / "example.org").symlink_to(root)
    monkeypatch.setenv("SPIKEBENCH_MIRROR", str(mirror))
    return root


@pytest.mark.parametrize("name", ["embedded", "fetched"])
def test_weights_arrive_as_safetensors(mirrored, tmp_path, name):
    destination = tmp_path / "resources/net.safetensors"
    fetch_weights(load_backbone_spec(name, mirrored), destination, mirrored)
    expected = torch.load(mirrored / "fetched.pth", weights_only=True)
    found = load_file(destination)
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[key], expected[key]) for key in expected)
    assert list(destination.parent.iterdir()) == [destination]


def test_an_embedded_file_arrives_byte_for_byte(root, tmp_path):
    destination = tmp_path / "net.safetensors"
    fetch_weights(load_backbone_spec("embedded", root), destination, root)
    assert destination.read_bytes() == (root / "weights/embedded.safetensors").read_bytes()


@pytest.mark.parametrize(
    ("name", "file"), [("embedded", "weights/embedded.safetensors"), ("fetched", "fetched.pth")]
)
def test_a_changed_file_is_refused_and_nothing_written(mirrored, tmp_path, name, file):
    content = bytearray((mirrored / file).read_bytes())
    content[-1] ^= 1
    (mirrored / file).write_bytes(content)
    destination = tmp_path / "out/net.safetensors"
    with pytest.raises(BenchError, match=Path(file).name):
        fetch_weights(load_backbone_spec(name, mirrored), destination, mirrored)
    assert not destination.exists()


@pytest.mark.parametrize("name", ["embedded", "fetched"])
def test_weights_of_another_network_are_refused_and_the_old_file_stays(mirrored, tmp_path, name):
    file = mirrored / f"{name}.yaml"
    content = yaml.safe_load(file.read_text()) | {"options": {"depth": 3, "width": 4}}
    file.write_text(yaml.safe_dump(content))
    destination = tmp_path / "net.safetensors"
    destination.write_bytes(b"what was there")
    with pytest.raises(BenchError, match=r"`model\.4\.bias` is missing"):
        fetch_weights(load_backbone_spec(name, mirrored), destination, mirrored)
    assert destination.read_bytes() == b"what was there"


def change(root: Path, **changes) -> None:
    """Replace keys of `weights` in fetched.yaml."""
    file = root / "fetched.yaml"
    content = yaml.safe_load(file.read_text())
    content["weights"] |= changes
    file.write_text(yaml.safe_dump(content))


def test_renamed_tensors_arrive_under_their_new_names(mirrored, tmp_path):
    network = build(load_backbone_spec("fetched", mirrored), mirrored)
    state = {f"module.dncnn{key[5:]}": value for key, value in network.state_dict().items()}
    torch.save(state | {"epoch": torch.zeros(1)}, mirrored / "renamed.pth")
    content = fetched_from(mirrored / "renamed.pth")
    change(mirrored, **content, rename={r"module\.dncnn": "model", "epoch": None})
    destination = tmp_path / "net.safetensors"
    fetch_weights(load_backbone_spec("fetched", mirrored), destination, mirrored)
    found = load_file(destination)
    assert found.keys() == network.state_dict().keys()
    assert all(torch.equal(found[key], network.state_dict()[key]) for key in found)


def test_the_format_selects_the_reader(mirrored, tmp_path):
    change(mirrored, format="legacy_module")
    with pytest.raises(BenchError, match=r"fetched\.pth cannot be read as a pickled module"):
        fetch_weights(load_backbone_spec("fetched", mirrored), tmp_path / "net", mirrored)


def test_a_file_of_the_user_is_read_where_it_is(root, tmp_path):
    file = tmp_path / "mine/net.ckpt"
    file.parent.mkdir()
    network = build(load_backbone_spec("fetched", root), root)
    other = build(load_backbone_spec("fetched", root), root)
    torch.save({"ema": network.state_dict(), "net": other.state_dict()}, file)
    write_spec(root, "mine", weights={"file": str(file), "key": "ema", **pins(file)})
    said = fetch_weights(load_backbone_spec("mine", root), tmp_path / "out/net.safetensors", root)
    found = load_file(tmp_path / "out/net.safetensors")
    assert all(torch.equal(found[key], value) for key, value in network.state_dict().items())
    assert said == "Taken are 4 tensors under `ema`; left out are 4 under `net`."
    assert len(list(file.parent.iterdir())) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda file: file.unlink(), r"There is no file .*net\.pth\. Mend `weights\.file`"),
        (lambda file: file.write_bytes(b"x"), r"net\.pth from .* has 1 bytes .*pin the file anew"),
    ],
)
def test_a_file_of_the_user_that_is_gone_or_changed_is_named(root, tmp_path, change, message):
    file = tmp_path / "net.pth"
    file.write_bytes((root / "fetched.pth").read_bytes())
    write_spec(root, "mine", weights={"file": str(file), **pins(file)})
    change(file)
    with pytest.raises(BenchError, match=message):
        fetch_weights(load_backbone_spec("mine", root), tmp_path / "out.safetensors", root)
    assert not (tmp_path / "out.safetensors").exists()


def test_a_file_pinned_by_its_name_is_asked_for_by_prefix(root, tmp_path, monkeypatch):
    asked = []

    def fetch(url, destination, sha256, size, *, sha256_prefix):
        asked.append((url, sha256, size, sha256_prefix))
        destination.write_bytes((root / "fetched.pth").read_bytes())

    monkeypatch.setattr(fetching, "fetch_file", fetch)
    url = "https://example.org/net-01234567.pt"
    write_spec(root, "named", weights={"url": url, "sha256_prefix": "01234567"})
    fetch_weights(load_backbone_spec("named", root), tmp_path / "net.safetensors", root)
    assert asked == [(url, None, None, "01234567")]
    assert (tmp_path / "net.safetensors").is_file()


def test_a_missing_embedded_file_is_named(root, tmp_path):
    (root / "weights/embedded.safetensors").unlink()
    with pytest.raises(BenchError, match=r"embedded\.safetensors is missing"):
        fetch_weights(load_backbone_spec("embedded", root), tmp_path / "net.safetensors", root)
