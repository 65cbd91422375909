"""What is accepted is taken as it is: pixels, tensors and keys, compared with independent readers.

Everything else is refused by a `BenchError` that names the file. 2,000 inputs, with how many of
them were accepted and refused, a few minutes:

    SPIKEBENCH_FUZZ=500 python -m pytest tests/fuzz/test_accepted.py
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import save
from torch import nn

from spikebench.ann.backbone import Weights, load_backbone_spec
from spikebench.ann.weights import read_weights
from spikebench.data.images import read_pixels
from spikebench.data.registry import load_dataset
from spikebench.energy.models import find_models
from spikebench.errors import BenchError
from spikebench.run.load import load_config
from tests.data.image_files import GREY, exif, png_file
from tests.data.test_formats import READ, REFUSED
from tests.fuzz.amount import bounded, tally
from tests.fuzz.mutations import altered, edited
from tests.fuzz.oracles import pixels_of, tensors_of
from tests.miniature import run_config, write_catalogue

SIDE = st.integers(1, 20)
IMAGES = {name: content for name, (content, *_) in (READ | REFUSED).items()}


@pytest.fixture(scope="module", autouse=True)
def counted(request) -> Iterator[None]:
    """Say at the end what became of the inputs."""
    yield
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        for (what, outcome), count in sorted(tally.items()):
            print(f"\n{count} {what} {outcome}", end="")


def attempt(what: str, read: Any, *names: str) -> Any:
    """Return what is read, None if a `BenchError` refuses it; that names the file or the key."""
    try:
        found = read()
    except BenchError as error:
        tally[what, "refused"] += 1
        assert any(name in str(error) for name in names), error
        return None
    tally[what, "accepted"] += 1
    return found


# What Pillow writes: the formats, with modes and options that each of them has
WRITTEN = {
    "PNG": (["1", "L", "LA", "P", "RGB", "RGBA", "I;16"], {"compress_level": [0, 6]}),
    "JPEG": (["L", "RGB", "CMYK"], {"quality": [30, 95], "progressive": [False, True]}),
    "TIFF": (
        ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "F", "CMYK"],
        {"compression": [None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"]},
    ),
    "BMP": (["1", "L", "P", "RGB", "RGBA"], {}),
    "PPM": (["1", "L", "RGB", "I;16"], {}),
    "WEBP": (["RGB", "RGBA"], {"lossless": [True, False], "quality": [40]}),
    "JPEG2000": (["L", "RGB"], {"irreversible": [True, False], "no_jp2": [False, True]}),
    "GIF": (["P"], {}),
}


@st.composite
def pictures(draw: st.DrawFn) -> bytes:
    """Draw a file of a random picture of up to 20 pixels a side, turned by EXIF at times."""
    kind = draw(st.sampled_from(sorted(WRITTEN)))
    modes, choices = WRITTEN[kind]
    options = {name: draw(st.sampled_from(values)) for name, values in choices.items()}
    mode, height, width = draw(st.sampled_from(modes)), *draw(st.tuples(SIDE, SIDE))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    shape = (height, width) if mode in ("1", "L", "P", "I;16", "F") else (height, width, 3)
    image = Image.fromarray(random.integers(256, size=shape, dtype=np.uint8))
    image = image.convert("I;16" if mode == "I;16" else mode)
    if kind in ("PNG", "JPEG", "TIFF", "WEBP") and draw(st.integers(0, 3)) == 0:
        options["exif"] = b"Exif\0\0" + exif(draw(st.integers(1, 8)))
    stream = io.BytesIO()
    try:
        image.save(stream, kind, **{k: v for k, v in options.items() if v is not None})
    except (OSError, ValueError, RuntimeError):  # a compression that the mode cannot have
        return png_file(random.integers(4, size=(height, width)), 2, GREY)
    return stream.getvalue()


@bounded
@given(data=st.data())
def test_pixels_are_those_of_an_independent_reader(tmp_path_factory, data):
    content = data.draw(pictures() | st.sampled_from(sorted(IMAGES)).map(IMAGES.get))
    content = data.draw(edited(content)) if data.draw(st.booleans()) else content
    file = tmp_path_factory.getbasetemp() / "image.bin"
    file.write_bytes(content)
    found = attempt("images", lambda: read_pixels(file), file.name)
    if found is not None and (expected := pixels_of(content)) is not None:
        np.testing.assert_array_equal(found, expected)


class Net(nn.Module):
    """Two layers and a normalisation, so that there are counters of steps."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU())
        self.tail = nn.Conv2d(2, 1, 3)


torch.manual_seed(0)
STATE = {name: torch.rand_like(v) if v.dim() else v for name, v in Net().state_dict().items()}
PREFIXES = ["", "module.", "model.", "net._orig_mod.", "generator."]
TYPES = [torch.float32, torch.float16, torch.bfloat16, torch.float64, torch.int8]


@st.composite
def checkpoints(draw: st.DrawFn) -> bytes:
    """Draw a file of a state dict, perhaps wrapped, nested, changed, twice there or damaged."""
    old = draw(st.booleans())  # files of old have no counters
    state = {n: v for n, v in STATE.items() if not (old and n.endswith("num_batches_tracked"))}
    for name in draw(st.lists(st.sampled_from(sorted(state)), max_size=1)):
        match draw(st.integers(0, 3)):
            case 0:
                del state[name]
            case 1:
                state[name] = state[name].to(draw(st.sampled_from(TYPES)))
            case 2:
                state[name] = state[name][..., None].expand(*state[name].shape, 2)
            case 3:
                state[draw(st.text("abc.", min_size=1, max_size=5))] = state.pop(name)
    prefix, dtype = draw(st.sampled_from(PREFIXES)), draw(st.sampled_from(TYPES[:4]))
    state = {f"{prefix}{k}": v.to(dtype) if v.is_floating_point() else v for k, v in state.items()}
    if draw(st.integers(0, 3)) == 0:
        content = save({name: value.contiguous().clone() for name, value in state.items()})
    else:
        content = saved(draw, state)
    return draw(st.just(content) | st.just(content) | edited(content))


def saved(draw: st.DrawFn, state: dict[str, torch.Tensor]) -> bytes:
    """Return what torch.save makes of a state dict, nested at times, with others beside it."""
    held: Any = state
    for key in draw(
        st.lists(st.sampled_from(["params", "state_dict", "model", "net"]), max_size=2)
    ):
        held = {key: held, "epoch": 3, "optimizer": {"state": {0: {"step": torch.ones(1)}}}}
    if draw(st.integers(0, 3)) == 0:
        shift = draw(st.integers(0, 1))
        other = {k: v + shift if v.is_floating_point() else v for k, v in state.items()}
        held = {"params": held, "params_ema": other}
    stream = io.BytesIO()
    torch.save(held, stream, _use_new_zipfile_serialization=draw(st.booleans()))
    return stream.getvalue()


@bounded
@given(
    content=checkpoints(), key=st.none() | st.sampled_from(["params", "params_ema", "model.net"])
)
def test_tensors_are_those_of_the_file(tmp_path_factory, content, key):
    file = tmp_path_factory.getbasetemp() / "net.bin"
    file.write_bytes(content)
    source = Weights(file=str(file), bytes=1, sha256="0" * 64, key=key)
    choice = attempt("checkpoints", lambda: read_weights(file, source, Net()), file.name)
    if choice is None:
        return
    expected = tensors_of(content)
    assert choice.state.keys() == Net().state_dict().keys()
    for name, value in choice.state.items():
        held = [v for n, v in expected.items() if n.endswith(name) and n.startswith(choice.key)]
        absent = name.endswith("num_batches_tracked") and not held and value == 0
        assert absent or any(torch.equal(value, v.to(value.dtype)) for v in held), name


MANIFESTS = {
    "dataset": ("datasets/embedded/dataset.yaml", "embedded"),
    "pairs": ("datasets/rain100l/dataset.yaml", "rain100l"),
    "fetched backbone": ("backbones/prn_rain100h.yaml", "prn_rain100h"),
    "trained backbone": ("backbones/espcn_tiny_x2.yaml", "espcn_tiny_x2"),
    "energy": ("config/energy/template.yaml", "template"),
}


ADDED = ["name", "files", "Title", "method", "key", "folder", "dataset", "notes", "seed", "lpips"]


def keeps(given_: Any, found: Any, place: str = "") -> None:
    """Assert that every key and value given is in what was found."""
    if isinstance(given_, dict):
        assert isinstance(found, dict), place
        for key, value in given_.items():
            assert key in found, f"`{place}{key}` is dropped"
            keeps(value, found[key], f"{place}{key}.")
    elif isinstance(given_, list | tuple):
        assert len(given_) == len(found), place
        for number, (one, other) in enumerate(zip(given_, found, strict=True)):
            keeps(one, other, f"{place}{number}.")
    else:
        same = given_ == found or str(given_) == str(found)
        assert same or float(given_) == float(found), f"`{place}`: {given_!r} became {found!r}"


def read_manifest(kind: str, root: Path, name: str) -> dict[str, Any]:
    """Return a manifest as the product understands it."""
    if "backbone" in kind:
        return load_backbone_spec(name, root / "backbones").model_dump()
    if kind == "energy":
        (model,) = find_models([str(root / MANIFESTS[kind][0])])
        return vars(model) | {"prices": vars(model)}
    return load_dataset(name, root / "datasets").model_dump()


@bounded
@given(kind=st.sampled_from(sorted(MANIFESTS)), data=st.data())
def test_no_key_of_a_manifest_is_dropped(tmp_path_factory, kind, data):
    source, name = MANIFESTS[kind]
    root = tmp_path_factory.getbasetemp() / "manifests"
    (root / source).parent.mkdir(parents=True, exist_ok=True)
    listing = Path(source).with_name("files.csv")
    if listing.is_file():
        (root / listing).write_bytes(listing.read_bytes())
    content = changed(data, yaml.safe_load(Path(source).read_text()))
    text = yaml.safe_dump(content, allow_unicode=True)
    (root / source).write_bytes(text.encode("utf-8", "surrogatepass"))
    found = attempt(
        "manifests",
        lambda: read_manifest(kind, root, name),
        Path(source).name,
        str((root / source).parent),
    )
    if found is not None:
        keeps(content, found)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    return write_catalogue(tmp_path_factory.mktemp("checkout"))


@bounded
@given(data=st.data())
def test_no_key_of_a_configuration_is_dropped(checkout, data):
    content = changed(data, run_config())
    file = checkout / "my.yaml"
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    found = attempt("configurations", lambda: load_config(file, root=checkout), "my.yaml")
    if found is not None:
        keeps(content, found.model_dump(mode="json"))


def changed(data: st.DataObject, content: Any) -> Any:
    """Alter a mapping, or add a key that a reader may be tempted to overwrite or to pass over."""
    if data.draw(st.booleans()):
        return data.draw(altered(content))
    place = content[data.draw(st.sampled_from(sorted(content)))]
    inner = place if isinstance(place, dict) and data.draw(st.booleans()) else content
    for _ in range(data.draw(st.integers(0, 2))):
        key = data.draw(st.sampled_from(ADDED))
        inner[key] = data.draw(st.sampled_from(["other", [], 3, None, {"a": 1}]))
    return content
