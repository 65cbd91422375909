"""Whatever a file holds: it works, or a `BenchError` names the file. Nothing else, and no hang.

Nothing is written beside the file, and nothing started. The long form is chosen by
SPIKEBENCH_FUZZ, the number of inputs of each test. 500 make more than 10,000 in all; how many it
were is said at the end:

    SPIKEBENCH_FUZZ=500 python -m pytest tests/fuzz
"""

import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from spikebench.ann.backbone import load_backbone_spec
from spikebench.ann.checkpoint import read_checkpoint
from spikebench.ann.legacy_pickle import read_legacy_module
from spikebench.ann.state import read_safetensors
from spikebench.data.images import read_pixels
from spikebench.data.registry import load_dataset
from spikebench.energy.models import find_models
from spikebench.errors import BenchError
from spikebench.io.tensors import save_safetensors
from spikebench.results.columns.images import IMAGES
from spikebench.results.shards import read_shard, write_shard
from spikebench.run.load import load_config
from spikebench.snn.method import load_method
from spikebench.snn.model.serialise import load_networks, refusal, save_refusal
from spikebench.training.checkpoint import load_checkpoint, save_checkpoint
from tests.fuzz.amount import bounded
from tests.fuzz.mutations import VALUES, altered, edited
from tests.fuzz.watch import nothing_outside
from tests.miniature import run_config, write_catalogue
from tests.rows import image_row

tried = 0  # inputs so far
inside: list[Path] = []  # the folders in which something may be written


@pytest.fixture(scope="module", autouse=True)
def folder(request) -> Iterator[Path]:
    """A folder of its own for every file; nothing may appear beside what a test writes."""
    with tempfile.TemporaryDirectory() as name:
        before = os.getcwd()
        inside.append(Path(name))
        yield Path(name)
        assert os.getcwd() == before
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{tried} inputs tried")


def survives(read: Callable[[], Any], *names: str) -> None:
    """Call `read`; a `BenchError` is fine if it names one of the files or keys."""
    global tried
    tried += 1
    try:
        with nothing_outside(*inside):
            read()
    except BenchError as error:
        assert any(name in str(error) for name in names), error


def reads(read: Callable[[Path], Any], file: Path, content: bytes) -> None:
    """Read a file of this content; no other file may be there afterwards."""
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    survives(lambda: read(file), file.name)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def bytes_of(write: Callable[[Path], None]) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        write(Path(name, "x"))
        return Path(name, "x").read_bytes()


def png(mode: str, kind: str = "PNG") -> bytes:
    pixels = np.random.default_rng(0).integers(256, size=(9, 8, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(stream, format=kind)
    return stream.getvalue()


STATE = {"conv.weight": torch.ones(2, 1, 3, 3), "conv.bias": torch.zeros(2)}
BINARY = {
    "grey": (read_pixels, png("L")),
    "colour": (read_pixels, png("RGB")),
    "jpeg": (read_pixels, png("RGB", "JPEG")),
    "shard": (
        lambda file: read_shard(file, IMAGES),
        bytes_of(lambda file: write_shard(file, [image_row(), image_row(image="02")], IMAGES)),
    ),
    "pth": (read_checkpoint, bytes_of(lambda file: torch.save(STATE, file))),
    "legacy": (
        read_legacy_module,
        bytes_of(lambda file: torch.save(STATE, file, _use_new_zipfile_serialization=False)),
    ),
    "safetensors": (read_safetensors, bytes_of(lambda file: save_safetensors(STATE, file))),
    "checkpoint": (
        lambda file: load_checkpoint("me", file),
        bytes_of(lambda file: save_checkpoint({"step": 1, **STATE}, "me", file)),
    ),
    "refusal": (refusal, bytes_of(lambda file: save_refusal("It cannot.", file))),
}


@pytest.mark.parametrize("kind", BINARY)
@bounded
@given(data=st.data())
def test_a_damaged_binary_file(folder, kind, data):
    read, content = BINARY[kind]
    reads(read, folder / kind / f"{kind}.bin", data.draw(edited(content)))


@bounded
@given(data=st.data())
def test_a_converted_network_with_other_records(folder, data):
    record = {"0": {"readout": {"class": "Mean"}, "neuron/_1": {"class": "IF"}}}
    networks = json.dumps(data.draw(altered(record)), default=str)
    file = folder / "network" / "network.bin"
    file.parent.mkdir(exist_ok=True)
    metadata = {"format": "spikebench converted network 1", "networks": networks}
    save_safetensors(STATE, file, metadata)
    backbone = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.ReLU())
    survives(lambda: load_networks(file, backbone), file.name)


MANIFESTS = {
    "dataset": ("datasets/set12/dataset.yaml", "set12"),
    "backbone": ("backbones/dncnn_tiny_s25.yaml", "dncnn_tiny_s25"),
    "energy": ("config/energy/template.yaml", "template"),
}


def manifest(kind: str, folder: Path, content: bytes) -> None:
    """Read a manifest of this content as the workflow does."""
    source, name = MANIFESTS[kind]
    file = folder / source
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    readers = {
        "dataset": lambda: load_dataset(name, folder / "datasets"),
        "backbone": lambda: load_backbone_spec(name, folder / "backbones"),
        "energy": lambda: find_models([str(file)]),
    }
    survives(readers[kind], file.name, str(file.parent))


@pytest.mark.parametrize("kind", MANIFESTS)
@bounded
@given(data=st.data())
def test_a_damaged_manifest(folder, kind, data):
    content = Path(MANIFESTS[kind][0]).read_bytes()
    (folder / "datasets/set12").mkdir(parents=True, exist_ok=True)
    (folder / "datasets/set12/files.csv").write_bytes(Path("datasets/set12/files.csv").read_bytes())
    manifest(kind, folder, data.draw(edited(content)))


@pytest.mark.parametrize("kind", MANIFESTS)
@bounded
@given(data=st.data())
def test_a_manifest_with_other_values(folder, kind, data):
    content = yaml.safe_load(Path(MANIFESTS[kind][0]).read_text())
    text = yaml.safe_dump(data.draw(altered(content)), allow_unicode=True)
    manifest(kind, folder, text.encode("utf-8", "surrogatepass"))


@bounded
@given(data=st.data())
def test_a_damaged_list_of_files(folder, data):
    target = folder / "datasets/set12"
    target.mkdir(parents=True, exist_ok=True)
    (target / "dataset.yaml").write_bytes(Path("datasets/set12/dataset.yaml").read_bytes())
    listing = Path("datasets/set12/files.csv").read_bytes()
    (target / "files.csv").write_bytes(data.draw(edited(listing)))
    survives(lambda: load_dataset("set12", folder / "datasets"), "set12")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    inside.append(write_catalogue(tmp_path_factory.mktemp("checkout")))
    return inside[-1]


@bounded
@given(data=st.data())
def test_a_configuration_with_other_values(checkout, data):
    given_ = data.draw(altered(run_config()))
    survives(lambda: load_config(given_, place="my.yaml", root=checkout), "my.yaml")


@bounded
@given(data=st.data())
def test_a_damaged_configuration(checkout, data):
    file = checkout / "my.yaml"
    file.write_bytes(data.draw(edited(yaml.safe_dump(run_config()).encode())))
    survives(lambda: load_config(file, root=checkout), "my.yaml")


@pytest.mark.parametrize("method", ["percentile_norm", "graded_reuse", "dcgs", "burst"])
@bounded
@given(data=st.data())
def test_options_of_a_method(method, data):
    file = Path(f"methods/{method}.py")
    known = sorted(load_method(file).options())
    names = st.sampled_from(known) | st.text(max_size=8)
    options = data.draw(st.dictionaries(names, VALUES, max_size=3))
    survives(lambda: load_method(file, options), *map(repr, options), *options, method)


def test_yaml_runs_no_code_and_a_path_leads_nowhere(folder):
    file = folder / "hostile.yaml"
    marker = folder / "marker"
    file.write_text(f"run: !!python/object/apply:os.system ['touch {marker}']\n")
    with pytest.raises(BenchError, match=r"hostile\.yaml: is not YAML"):
        load_config(file)
    assert not marker.exists()
    outside = run_config(run="../../outside")
    with pytest.raises(BenchError, match=r"`run` is '\.\./\.\./outside'"):
        load_config(outside, place="my.yaml")


@pytest.mark.parametrize(
    ("does", "seen"),
    [
        (lambda folder: (folder / "../outside").touch(), "outside"),
        (lambda folder: (folder / "inside").rename(folder.parent / "moved"), "moved"),
        (lambda folder: (folder.parent / "folder").mkdir(), "folder"),
        (lambda folder: os.system("true"), r"os\.system"),
    ],
)
def test_what_is_written_outside_or_started_is_seen(tmp_path, does, seen):
    allowed = tmp_path / "allowed"
    allowed.mkdir()
    with nothing_outside(allowed):
        (allowed / "inside").write_text("")
    with pytest.raises(AssertionError, match=seen), nothing_outside(allowed):
        does(allowed)
