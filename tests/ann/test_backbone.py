import pytest
import torch
import yaml
from safetensors.torch import load_file

from spikebench.ann.backbone import build, load_backbone, load_backbone_spec
from spikebench.errors import BenchError
from spikebench.io.tensors import save_safetensors

URL = {"url": "https://example.org/net.pth"}
TASK = {"kind": "denoise", "channels": "grey", "sigma": 25, "protocol": "grey_float"}
FILE = {"file": "weights/net.safetensors"}
PIN = {"bytes": 1, "sha256": "0" * 64}


@pytest.fixture
def edit(root):
    """Change keys of embedded.yaml; None removes a key."""

    def apply(**changes) -> None:
        file = root / "embedded.yaml"
        content = yaml.safe_load(file.read_text()) | changes
        kept = {key: value for key, value in content.items() if value is not None}
        file.write_text(yaml.safe_dump(kept))

    return apply


def test_the_name_is_the_file_name(root):
    spec = load_backbone_spec("embedded", root)
    assert (spec.name, spec.task.sigma) == ("embedded", 25)


def test_an_unknown_backbone_is_answered_with_the_known(root):
    with pytest.raises(BenchError, match=r"no backbone 'resnet'.*Known: embedded, fetched\."):
        load_backbone_spec("resnet", root)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "other"}, r"embedded\.yaml: `name` does not stand in this file: the file's name"),
        ({"titel": "x"}, r"embedded\.yaml: unknown key `titel`. Did you mean 'title'\?"),
        ({"licence": None}, r"embedded\.yaml: `licence` is missing"),
        ({"architecture": "../dncnn"}, r"embedded\.yaml: `architecture` is '\.\./dncnn'"),
        ({"weights": PIN}, "exactly one of `url` .* and `file`"),
        ({"weights": {**URL, "bytes": 1}}, "`bytes` and `sha256`, or else `sha256_prefix` alone"),
        ({"weights": URL}, "`bytes` and `sha256`, or else `sha256_prefix` alone"),
        ({"weights": {**URL, **PIN, "sha256_prefix": "0" * 8}}, "`sha256_prefix` alone"),
        ({"weights": {**URL, "sha256_prefix": "0" * 7}}, "Expected: the first hex digits"),
        ({"weights": {**FILE, **PIN, "rename": {"a": "b"}}}, "`rename`.* from elsewhere only"),
        ({"weights": {**FILE, **PIN, "key": "params"}}, "`key`.* from elsewhere only"),
        ({"weights": {**FILE, **PIN, "format": "legacy_module"}}, "`format` .* elsewhere only"),
        ({"weights": {**URL, **FILE, **PIN}}, "exactly one of `url` .* and `file`"),
        ({"weights": {"url": "/a.pth", **FILE, **PIN}}, "exactly one of `url` .* and `file`"),
        ({"weights": {**FILE, "sha256_prefix": "0" * 8}}, "takes `sha256_prefix`"),
        ({"weights": {**URL, **PIN, "format": "pickle"}}, "`weights.format` is 'pickle'"),
        ({"weights": {**URL, **PIN, "rename": {"a(": "b"}}}, r"`weights.rename` holds 'a\('"),
        ({"weights": {**URL, **PIN, "rename": {"a": 1}}}, "regular expressions to replacements"),
        (
            {"task": {**TASK, "protocol": "y_float"}},
            "`task` has `protocol: y_float`, .* none for `channels: grey`. Take one of: grey_float",
        ),
        ({"task": {**TASK, "protocol": "grey"}}, "`task` has `protocol: grey`, which is none"),
        ({"multiple": 0}, "`multiple` is 0. Expected: the number that both sides"),
    ],
)
def test_a_wrong_key_is_named(root, edit, changes, message):
    edit(**changes)
    with pytest.raises(BenchError, match=message):
        load_backbone_spec("embedded", root)


@pytest.mark.parametrize(
    ("weights", "file"),
    [
        ({"file": "/data/my.ckpt"}, "/data/my.ckpt"),
        ({"file": "~/my.ckpt"}, "~/my.ckpt"),
        ({"url": "/data/my.pth"}, "/data/my.pth"),
        ({"url": "file:///data/my%20net.pth"}, "/data/my net.pth"),
        ({"url": "../nets/my.pth"}, "../nets/my.pth"),
    ],
)
def test_a_file_of_yours_can_stand_for_an_address(root, edit, weights, file):
    edit(weights=weights | PIN | {"key": "a.b"})
    found = load_backbone_spec("embedded", root).weights
    assert (found.file, found.url, found.embedded) == (file, None, False)


@pytest.mark.parametrize("file", ["weights/net.safetensors", "weights/net.pth"])
def test_what_lies_among_the_weights_as_safetensors_is_embedded(root, edit, file):
    edit(weights={"file": file, **PIN})
    assert load_backbone_spec("embedded", root).weights.embedded == file.endswith("s")


def test_renames_keep_their_order(root):
    file = root / "fetched.yaml"
    file.write_text(file.read_text() + "  rename: {z: y, a: null, m: ''}\n")
    rename = load_backbone_spec("fetched", root).weights.rename
    assert list(rename.items()) == [("z", "y"), ("a", None), ("m", "")]


def test_every_side_will_do_unless_said_otherwise(root, edit):
    assert load_backbone_spec("embedded", root).multiple == 1
    edit(multiple=4)
    assert load_backbone_spec("embedded", root).multiple == 4


@pytest.mark.parametrize("text", ["title: [", "- a list", ""])
def test_yaml_that_is_no_mapping_is_named(root, text):
    (root / "embedded.yaml").write_text(text)
    with pytest.raises(BenchError, match=r"embedded\.yaml"):
        load_backbone_spec("embedded", root)


def test_a_key_that_stands_twice_is_refused_with_its_line(root):
    file = root / "embedded.yaml"
    text = file.read_text().rstrip("\n")
    file.write_text(f"{text}\nlicence: mine\n")
    line = text.count("\n") + 2
    with pytest.raises(BenchError, match=rf"embedded\.yaml: line {line}: `licence` stands in line"):
        load_backbone_spec("embedded", root)


def test_a_loaded_backbone_has_the_weights_of_the_file_and_is_ready_to_run(root):
    weights = root / "weights/embedded.safetensors"
    network = load_backbone(load_backbone_spec("embedded", root), weights, root)
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())
    for key, value in load_file(weights).items():
        assert torch.equal(network.state_dict()[key], value)


def test_weights_of_another_width_are_refused(root, edit, tmp_path):
    edit(options={"depth": 2, "width": 5})
    spec = load_backbone_spec("embedded", root)
    with pytest.raises(BenchError, match=r"`model.0.bias` has shape \(4,\), expected \(5,\)"):
        load_backbone(spec, root / "weights/embedded.safetensors", root)


def test_weights_that_are_not_finite_are_refused(root, tmp_path):
    spec = load_backbone_spec("embedded", root)
    state = build(spec, root).state_dict()
    state["model.2.weight"][0, 0, 0, 0] = torch.nan
    save_safetensors(state, tmp_path / "nan.safetensors")
    with pytest.raises(BenchError, match=r"nan\.safetensors .*`model.2.weight` holds NaN"):
        load_backbone(spec, tmp_path / "nan.safetensors", root)
