import numpy as np
import pytest
import skimage.data

from spikebench.data.embedded import crop, write_crop
from spikebench.data.entry import FileEntry
from spikebench.data.fetch.dataset import fetch_dataset
from spikebench.data.images import pixel_sha256, read_pixels
from spikebench.data.registry import load_dataset
from spikebench.errors import BenchError
from spikebench.run import catalogue

EMBEDDED = {name: load_dataset(name) for name in catalogue.dataset_names() if "embedded" in name}
PINNED = {entry.name: entry for spec in EMBEDDED.values() for entry in spec.files}


def entry(**changes) -> FileEntry:
    place = {"photograph": "camera.png", "top": 100, "left": 30, "side": 20}
    return FileEntry(name="x", role="target", **{"sha256": "0" * 64, **place, **changes})


@pytest.mark.parametrize("name", ["astronaut", "camera", "chelsea", "coffee", "brick", "coins"])
def test_a_crop_is_a_window_of_the_photograph(name):
    pinned = PINNED[name]
    rows = slice(pinned.top, pinned.top + pinned.side)
    columns = slice(pinned.left, pinned.left + pinned.side)
    assert np.array_equal(crop(pinned), getattr(skimage.data, name)()[rows, columns])


@pytest.mark.parametrize("entry", PINNED.values(), ids=PINNED.keys())
def test_the_pinned_pixels_are_those_of_the_installed_wheel(entry):
    pixels = crop(entry)
    assert pixels.shape[:2] == (entry.side, entry.side)
    assert pixel_sha256(pixels) == entry.sha256


def test_the_hash_sees_values_and_shape():
    pixels = np.arange(6, dtype=np.uint8)
    hashes = {pixel_sha256(p) for p in (pixels.reshape(2, 3), pixels.reshape(3, 2), pixels + 1)}
    assert len(hashes) == 3
    assert pixel_sha256(pixels.reshape(2, 3)) == pixel_sha256(pixels.reshape(3, 2).reshape(2, 3))


def test_the_hash_is_that_of_the_values_whatever_their_order_in_memory():
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert pixel_sha256(np.asfortranarray(pixels)) == pixel_sha256(pixels)


def test_a_crop_is_written_without_loss(tmp_path):
    pixels = crop(entry())
    write_crop(entry(sha256=pixel_sha256(pixels)), tmp_path / "target/x.png")
    assert np.array_equal(read_pixels(tmp_path / "target/x.png"), pixels)


def test_other_pixels_than_the_pinned_are_refused_and_not_written(tmp_path):
    with pytest.raises(BenchError, match=r"camera\.png .*'x'.*expected 0{64}\. Install the pinned"):
        write_crop(entry(), tmp_path / "x.png")
    assert list(tmp_path.iterdir()) == []


def test_an_embedded_set_is_fetched_without_network(tmp_path, monkeypatch):
    monkeypatch.setenv("SPIKEBENCH_MIRROR", str(tmp_path / "none"))
    spec = EMBEDDED["embedded"]
    fetch_dataset(spec, tmp_path)
    for item in spec.files:
        assert np.array_equal(read_pixels(tmp_path / item.file_name), crop(item))


def test_test_and_training_crops_come_from_different_photographs():
    photographs = {spec.role: {e.photograph for e in spec.files} for spec in EMBEDDED.values()}
    assert photographs["train"] and photographs["test"]
    assert not photographs["train"] & photographs["test"]
