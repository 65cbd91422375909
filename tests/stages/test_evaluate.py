"""One cell on an embedded image: complete rows, right numbers, nothing written where one fails."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from skimage.metrics import peak_signal_noise_ratio
from torch.utils._python_dispatch import _disable_current_modes

from spikebench.ann import macs
from spikebench.ann.backbone import load_backbone, load_backbone_spec
from spikebench.data.images import read_pixels
from spikebench.data.index import indexed, write_index
from spikebench.data.registry import load_dataset
from spikebench.data.resize import imresize
from spikebench.data.samples import samples
from spikebench.errors import BenchError
from spikebench.results.columns.images import IMAGES, VOLATILE
from spikebench.results.columns.layers import LAYERS
from spikebench.results.columns.pictures import PICTURES
from spikebench.results.identity import table_id
from spikebench.results.shards import read_shard
from spikebench.snn.engine.simulate import simulate
from spikebench.snn.kernels.device import CPU, described
from spikebench.snn.model.serialise import refusal
from spikebench.snn.model.tuned import TunedState
from tests.embedded_run import WEIGHTS, convert, evaluate, fetch_images, network, write_method
from tests.impostor import device, lent

NOT_A_NUMBER = """
    def restore(self, ann, degraded, floor):
        return floor * float("nan")
"""
DEPENDS_ON_T = """
    anytime = False

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            network.place(site, IF(calibration.maximum(site)))
        return network
"""


LABEL = "embedded[1:89e8]"


@pytest.fixture(scope="module")
def images(tmp_path_factory) -> Path:
    return fetch_images(tmp_path_factory.mktemp("datasets"))


@pytest.fixture(scope="module")
def cell(images, tmp_path_factory) -> Path:
    """The three tables of max norm on one image at T = 1 and 2, in one folder."""
    folder = tmp_path_factory.mktemp("cell")
    converted = convert(images, folder / "converted", "max_norm")
    return evaluate(images, converted, folder, "max_norm")


@pytest.fixture(scope="module")
def rows(cell) -> list[dict]:
    return read_shard(cell / "images.parquet", IMAGES).to_pylist()


@pytest.fixture(scope="module")
def restored(images) -> tuple[np.ndarray, np.ndarray]:
    """The ANN's output on the image and the clean image, in plain PyTorch; values in [0, 1]."""
    clean = read_pixels(images / "embedded/target/camera.png")
    low = torch.from_numpy(imresize(clean, 1 / 2, "published") / np.float32(255))[None, None]
    with torch.no_grad():
        return network()(low)[0, 0].clamp(0, 1).double().numpy(), clean / 255


def reference(images: Path, folder: Path, method: str | Path) -> dict:
    """Return the one row of a reference."""
    converted = convert(images, folder / "converted", method)
    evaluate(images, converted, folder, method)
    (row,) = read_shard(folder / "images.parquet", IMAGES).to_pylist()
    return row


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    inside = (slice(2, -2),) * 2  # the protocol y_float cuts `scale` pixels
    return peak_signal_noise_ratio(b[inside], a[inside], data_range=1.0)


def test_every_t_has_a_complete_row(rows):
    keys = {"task": "super_resolution", "dataset": LABEL, "backbone": "espcn_tiny_x2"}
    keys |= {"method": "row", "family": "training-free", "protocol": "y_float", "seed": 0}
    assert [(r["image"], r["timesteps"], r["latency_steps"]) for r in rows] == [
        ("camera", 1, 1),
        ("camera", 2, 2),
    ]
    assert all(row.items() >= keys.items() and row["spike_class"] == "binary" for row in rows)


def test_the_ann_and_the_input_of_every_row_are_those_of_plain_pytorch(rows, restored, images):
    ann, clean = restored
    low = imresize((clean * 255).astype(np.uint8), 1 / 2, "published") / 255
    floor = imresize(low, 2, "matlab_float").clip(0, 1)
    for row in rows:
        assert row["psnr_ann"] == pytest.approx(psnr(ann, clean), abs=1e-3)
        assert row["psnr_input"] == pytest.approx(psnr(floor, clean), abs=1e-3)
        assert row["psnr_ann"] > row["psnr_input"]


def test_the_macs_of_the_ann_are_its_weights_times_pixels(rows):
    pixels = 64 * 64  # all convolutions run at the low resolution and keep its size
    weights = sum(v.numel() for v in load_file(WEIGHTS).values() if v.dim() == 4)
    assert {row["macs_dense"] for row in rows} == {weights * pixels}
    assert all(0 < row["macs_effective"] < weights * pixels for row in rows)


def test_the_counts_of_layers_add_up_to_those_of_the_image(cell, rows):
    layers = read_shard(cell / "layers.parquet", LAYERS).to_pylist()
    for row in rows:
        mine = [layer for layer in layers if layer["timesteps"] == row["timesteps"]]
        for name in ("synops", "macs_cached", "macs_streaming", "neurons", "macs_dense"):
            assert sum(layer[name] for layer in mine) == row[name]
        assert sum(layer["macs_effective"] for layer in mine) == row["macs_effective"]
        assert {layer["passes"] for layer in mine} == {row["latency_steps"]}
    assert rows[1]["macs_streaming"] == 2 * rows[1]["macs_cached"] > 0
    assert rows[0]["synops"] < rows[1]["synops"]


def test_pictures_show_the_image_at_every_t(cell):
    pictures = read_shard(cell / "pictures.parquet", PICTURES).to_pylist()
    found = sorted((p["role"], p["timesteps"]) for p in pictures)
    assert found == [("ann", 0), ("input", 0), ("restored", 1), ("restored", 2), ("target", 0)]


def test_a_second_run_gives_the_same_stable_columns(images, cell, tmp_path):
    evaluate(images, cell / "converted", tmp_path, "max_norm")
    first, second = (pq.read_table(folder / "images.parquet") for folder in (cell, tmp_path))
    assert first.drop_columns(list(VOLATILE)).equals(second.drop_columns(list(VOLATILE)))
    assert table_id(first) == table_id(second)
    pictures = [(folder / "pictures.parquet").read_bytes() for folder in (cell, tmp_path)]
    assert pictures[0] == pictures[1]


def test_one_run_to_the_largest_t_equals_a_run_for_each(images, rows, tmp_path):
    method = write_method(tmp_path, DEPENDS_ON_T)  # max norm, converted and run T by T
    converted = convert(images, tmp_path / "converted", method)
    evaluate(images, converted, tmp_path, method)
    single = read_shard(tmp_path / "images.parquet", IMAGES).to_pylist()
    names = ("timesteps", "psnr", "ssim", "synops", "macs_streaming", "state_ops")
    assert [{n: r[n] for n in names} for r in single] == [{n: r[n] for n in names} for r in rows]


def test_the_ann_row_has_no_gap_and_pays_all_its_macs(images, tmp_path):
    row = reference(images, tmp_path, "ann")
    assert (row["timesteps"], row["latency_steps"], row["synops"]) == (0, 0, 0)
    assert (row["family"], row["spike_class"]) == ("reference", "none")
    assert row["psnr"] == row["psnr_ann"]
    assert row["macs_cached"] == row["macs_streaming"] == row["macs_dense"]
    assert row["state_ops"] == row["state_ops_ann"] > 0
    assert row["output_entropy"] > 1.0


def test_the_input_row_is_the_floor_and_costs_nothing(images, tmp_path):
    row = reference(images, tmp_path, "input")
    assert row["psnr"] == row["psnr_input"]
    assert row["macs_cached"] == row["macs_streaming"] == row["synops"] == 0
    assert row["output_entropy"] is None


def test_an_output_that_is_no_number_names_the_image_and_writes_nothing(images, tmp_path):
    method = write_method(tmp_path, NOT_A_NUMBER, "Reference")
    converted = convert(images, tmp_path / "converted", method)
    with pytest.raises(BenchError, match=r"^embedded, image camera: .*NaN or infinite"):
        evaluate(images, converted, tmp_path / "out", method)
    assert not (tmp_path / "out").exists()


def test_an_unknown_image_is_answered_with_the_known_and_nothing_is_written(images, cell, tmp_path):
    with pytest.raises(BenchError, match=r"has no lena\. Known: astronaut, camera"):
        evaluate(images, cell / "converted", tmp_path / "out", "max_norm", ("lena",))
    assert not (tmp_path / "out").exists()


@pytest.fixture
def odd(tmp_path) -> Path:
    """A copy of Set12 of which one image of odd sides was fetched."""
    folder = tmp_path / "set12"
    pixels = np.random.default_rng(0).integers(256, size=(30, 33), dtype=np.uint8)
    (folder / "target").mkdir(parents=True)
    Image.fromarray(pixels).save(folder / "target/01.png")
    entry = next(entry for entry in load_dataset("set12").files if entry.name == "01")
    write_index([indexed(entry, folder)], folder)
    return folder


def test_an_image_is_padded_for_the_backbone_and_cut_again(images, odd, tmp_path):
    """U-Net-tiny needs sides that are multiples of 4."""
    weights = Path("backbones/weights/unet_tiny_s25.safetensors")
    converted = convert(
        images, tmp_path / "c", "max_norm", backbone="unet_tiny_s25", weights=weights
    )
    settings = {"backbone": "unet_tiny_s25", "weights": weights, "dataset": "set12"}
    evaluate(images, converted, tmp_path, "max_norm", 1, **settings, dataset_folder=odd)
    rows = read_shard(tmp_path / "images.parquet", IMAGES).to_pylist()

    module = load_backbone(load_backbone_spec("unet_tiny_s25"), weights)
    task = load_backbone_spec("unet_tiny_s25").task
    sample = next(samples(load_dataset("set12", fetched=odd), odd, task, seed=0, images=1))
    padded = torch.from_numpy(np.pad(sample.degraded[0, 0].numpy(), ((0, 2), (0, 3)), mode="edge"))
    ann = module(padded[None, None])[0, 0, :30, :33].clamp(0, 1).double().numpy()
    expected = peak_signal_noise_ratio(sample.target[0, 0].double().numpy(), ann, data_range=1.0)
    assert [row["dataset"] for row in rows] == ["set12[1]"] * 2
    assert rows[0]["psnr_ann"] == pytest.approx(expected, abs=1e-3)
    assert rows[0]["macs_dense"] % (32 * 36) == 0  # counted on the padded image


def test_an_image_too_small_to_be_scored_is_named_and_nothing_is_written(images, odd, tmp_path):
    Image.fromarray(np.zeros((14, 40), dtype=np.uint8)).save(odd / "target/01.png")
    converted = convert(images, tmp_path / "c", "ann")
    with pytest.raises(BenchError, match=r"needs 15 pixels a side .*target/01\.png \(40 x 14\)"):
        evaluate(images, converted, tmp_path / "o", "ann", 1, dataset="set12", dataset_folder=odd)
    assert not (tmp_path / "o").exists()


def test_calibration_on_a_test_image_is_refused(images, cell, tmp_path):
    leaking = shutil.copytree(images / "embedded_train", tmp_path / "leaking")
    known = load_dataset("embedded").files[0]
    listed = load_dataset("embedded_train").files
    write_index([listed[0].model_copy(update={"sha256": known.sha256}), *listed[1:]], leaking)
    with pytest.raises(
        BenchError, match="'embedded_train', which calibrates espcn_tiny_x2, holds 1"
    ):
        converted = cell / "converted"
        evaluate(images, converted, tmp_path / "o", "max_norm", calibration_folder=leaking)
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("tuned", [False, True])
def test_an_image_that_the_network_was_trained_on_is_refused(images, cell, tmp_path, tuned):
    """Whatever the user calls it: found by its pixels in the list of the training set."""
    mine = shutil.copytree(images / "embedded", tmp_path / "mine")
    file = Path("finetuning/states/espcn_tiny_x2/qcfs_8.safetensors")
    settings = TunedState.read(file).about["settings"]
    training = settings["dataset"] if tuned else load_backbone_spec("espcn_tiny_x2").recipe.dataset
    seen = next(entry.pixel_sha256 for entry in load_dataset(training).targets if entry.pixels)
    listed = load_dataset("embedded").files
    write_index([listed[0].model_copy(update={"sha256": seen}), *listed[1:]], mine)
    purpose = f"on which {'qcfs_8 trains espcn_tiny_x2' if tuned else 'espcn_tiny_x2 was trained'}"
    with pytest.raises(BenchError, match=rf"'{training}', {purpose}, holds 1 images of"):
        changes = {"dataset_folder": mine} | ({"tuned": file} if tuned else {})
        evaluate(images, cell / "converted", tmp_path / "o", "max_norm", **changes)


def test_patches_that_do_not_fit_the_backbone_are_refused(images, tmp_path):
    weights = Path("backbones/weights/unet_tiny_s25.safetensors")
    with pytest.raises(BenchError, match=r"patches of 18 pixels.*multiples of 4"):
        settings = {"backbone": "unet_tiny_s25", "weights": weights, "size": 18}
        convert(images, tmp_path / "converted", "max_norm", **settings)


REFUSES = """
    def convert(self, network, calibration, timesteps):
        raise Refusal("It has no two ends.")
"""


def test_a_backbone_that_the_method_refuses_has_empty_tables(images, tmp_path):
    method = write_method(tmp_path, REFUSES)
    method.write_text("from spikebench.errors import Refusal\n" + method.read_text())
    converted = convert(images, tmp_path / "converted", method)
    assert refusal(converted) == "It has no two ends."
    evaluate(images, converted, tmp_path, method)
    for name, schema in (("images", IMAGES), ("layers", LAYERS), ("pictures", PICTURES)):
        assert read_shard(tmp_path / f"{name}.parquet", schema).num_rows == 0


@pytest.fixture
def there(monkeypatch):
    """A device that computes as the CPU does; fvcore alone, which traces, stays on the CPU."""
    for module in ("census", "library"):
        monkeypatch.setattr(f"spikebench.snn.kernels.{module}.available", lambda: False)
    of_shape = macs._of_shape
    module = load_backbone(load_backbone_spec("espcn_tiny_x2"), WEIGHTS)

    def traced(_, shape, dtype, place):
        assert place == device()
        with _disable_current_modes():
            return of_shape(module, shape, dtype, torch.device("cpu"))

    def use() -> None:
        monkeypatch.setattr("spikebench.stages.evaluate.chosen", lambda name: device())
        monkeypatch.setattr(macs, "_of_shape", traced)
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Lent")

    return use


@pytest.mark.parametrize("method", ["max_norm", "graded_reuse", "ttfs", "ann"])
def test_on_a_device_the_rows_are_those_of_the_cpu(method, images, tmp_path, there):
    converted = convert(images, tmp_path / "converted", method)
    evaluate(images, converted, tmp_path / "cpu", method)
    there()
    with lent():
        evaluate(images, converted, tmp_path / "there", method, device="cuda")
    expected, found = (
        read_shard(tmp_path / folder / "images.parquet", IMAGES).to_pandas()
        for folder in ("cpu", "there")
    )
    assert set(found.pop("device")) == {"impostor: Lent"}
    assert set(expected.pop("device")) == {described(CPU)}
    assert set(found.pop("config_hash")) != set(expected.pop("config_hash"))
    same = [name for name in found if name not in VOLATILE]
    pd.testing.assert_frame_equal(found[same], expected[same], check_exact=True)


@pytest.mark.parametrize("method", ["percentile_norm", "srp", "ttfs", "ann"])
@pytest.mark.parametrize("most", [16, 2])
def test_on_a_device_images_of_a_size_are_restored_together(
    method, most, images, tmp_path, there, monkeypatch
):
    """Counts are equal; a float32 convolution of a batch may add in another order."""
    converted = convert(images, tmp_path / "converted", method)
    evaluate(images, converted, tmp_path / "cpu", method, chosen=5)
    there()
    sizes = []

    def spied(network, image, *args, **kwargs):
        sizes.append(len(image))
        return simulate(network, image, *args, **kwargs)

    monkeypatch.setattr("spikebench.stages.restore.simulate", spied)
    monkeypatch.setattr("spikebench.snn.engine.apart.MOST", most)
    with lent():
        evaluate(images, converted, tmp_path / "there", method, chosen=5, device="cuda")
    assert method == "ann" or max(sizes) > 1
    assert max(sizes, default=0) <= most
    expected, found = (
        read_shard(tmp_path / folder / "images.parquet", IMAGES).to_pandas()
        for folder in ("cpu", "there")
    )
    counted = found.select_dtypes("int64").columns
    pd.testing.assert_frame_equal(found[counted], expected[counted])
    assert list(found["spike_class"]) == list(expected["spike_class"])
    assert (found["psnr"] - expected["psnr"]).abs().max() < 1e-4


def test_a_gpu_that_is_not_there_is_said_and_auto_does_without(images, cell, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(BenchError, match="`device: cuda` asks for a GPU"):
        evaluate(images, cell / "converted", tmp_path, "max_norm", device="cuda")
    assert not list(tmp_path.iterdir())
    evaluate(images, cell / "converted", tmp_path, "max_norm", device="auto")
    rows, others = (
        read_shard(folder / "images.parquet", IMAGES).to_pandas() for folder in (tmp_path, cell)
    )
    assert table_id(pa.Table.from_pandas(rows)) == table_id(pa.Table.from_pandas(others))
    assert set(rows["device"]) == {described(CPU)}
