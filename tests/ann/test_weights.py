from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file

from spikebench.ann.backbone import load_backbone_spec
from spikebench.ann.weights import fetch_weights
from spikebench.errors import BenchError


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


def test_a_missing_embedded_file_is_named(root, tmp_path):
    (root / "weights/embedded.safetensors").unlink()
    with pytest.raises(BenchError, match=r"embedded\.safetensors is missing"):
        fetch_weights(load_backbone_spec("embedded", root), tmp_path / "net.safetensors", root)
