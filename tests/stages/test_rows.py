"""The rows of a cell, from outcomes made by hand."""

import io
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from PIL import Image

from spikebench.data.samples import Sample
from spikebench.metrics.image import Scores
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.layers import LAYERS
from spikebench.results.columns.pictures import PICTURES
from spikebench.snn.engine.ann_counts import AnnCounts, AnnLayer
from spikebench.snn.model.recording import LayerCount, Recording
from spikebench.spike_kinds import SpikeKind
from spikebench.stages.rows import Baseline, CellRows, Outcome

KEYS = {
    "task": "denoise",
    "dataset": "set",
    "backbone": "net",
    "method": "a",
    "family": "training-free",
    "protocol": "grey_float",
    "seed": 3,
}
PROVENANCE = {
    **{f"{name}_hash": name for name in ("method", "evaluator", "config")},
    **{name: name for name in ("weights_sha256", "dataset_sha256", "git_commit", "version")},
    **{"torch_version": "2", "device": "cpu", "threads": 1},
}
LAYERS_OF = [
    LayerCount("conv1", "Conv2d", SpikeKind.ANALOGUE, macs_cached=90, macs_streaming=360),
    LayerCount("conv2", "Conv2d", SpikeKind.BINARY, neurons=8, events=10, spikes=16, synops=144),
]

SHAPE = {"inputs": 64, "outputs": 64, "weights": 9, "biases": 1, "kernel": 9}
CHANNELS = {"channels_in": 1, "channels_out": 1}
ANN = AnnCounts(
    {
        "conv1": AnnLayer("Conv2d", 90, 80, **SHAPE, **CHANNELS),
        "conv2": AnnLayer("Conv2d", 810, 420, **SHAPE, **CHANNELS),
    },
    state_ops=50,
)


def image(value: float, side: int = 8, channels: int = 1) -> torch.Tensor:
    return torch.full((1, channels, side, side), value)


def sample(name: str = "01", side: int = 8, channels: int = 1) -> Sample:
    shape = {"side": side, "channels": channels}
    return Sample(name, image(0.25, **shape), image(0.5, **shape), image(0.3, **shape))


def outcome(timesteps: int = 4, **changes) -> Outcome:
    counts = {"neurons": 8, "spikes": 20, "state_ops": 96, "seconds": 0.5, "layers": LAYERS_OF}
    totals = {"macs_cached": 90, "macs_streaming": 360, "latency_steps": timesteps}
    values = {"output": image(0.6), "spike_class": "binary", **counts, **totals}
    return Outcome(timesteps=timesteps, **values | changes)


def baseline(**changes) -> Baseline:
    values = {"output": image(0.7), "macs_dense": 900, "counts": ANN}
    return Baseline(**{**values, "psnr": 30.0, "psnr_input": 20.0, **changes})


@pytest.fixture
def rows() -> CellRows:
    return CellRows(KEYS, PROVENANCE)


@pytest.fixture
def written(tmp_path):
    """Write the three tables and return their rows by table."""

    def write(rows: CellRows) -> dict[str, list[dict]]:
        names = ("images", "layers", "pictures")
        rows.write(*(tmp_path / f"{name}.parquet" for name in names))
        return {name: pq.read_table(tmp_path / f"{name}.parquet").to_pylist() for name in names}

    return write


def shade(webp: bytes) -> int:
    """The grey level of a picture of one colour."""
    return np.asarray(Image.open(io.BytesIO(webp)))[0, 0, 0].item()


def test_an_image_row_holds_scores_counts_keys_and_provenance(rows, written):
    rows.add(sample(), outcome(), Scores(29.0, 0.8, None), baseline())
    (found,) = written(rows)["images"]
    assert found.keys() == set(IMAGES.names)
    assert found == KEYS | PROVENANCE | {
        "image": "01",
        "spike_class": "binary",
        "timesteps": 4,
        "latency_steps": 4,
        "psnr": 29.0,
        "ssim": 0.8,
        "lpips": None,
        "output_entropy": None,
        "psnr_ann": 30.0,
        "psnr_input": 20.0,
        "neurons": 8,
        "synops": 144,
        "macs_cached": 90,
        "macs_streaming": 360,
        "state_ops": 96,
        "macs_dense": 900,
        "macs_effective": 500,
        "state_ops_ann": 50,
        "spikes_per_neuron": 2.5,
        "seconds": 0.5,
    }


@pytest.mark.parametrize(("ran", "macs", "state"), [(True, [90, 810], 50), (False, [0, 0], 0)])
def test_a_reference_has_no_steps_and_no_spikes_and_pays_the_ann_if_it_ran(
    rows, written, ran, macs, state
):
    reference = Outcome.of_reference(image(0.6), ANN, ran=ran, decoded=torch.tensor([0.0, 1.0]))
    rows.add(sample(), reference, Scores(30.0, 0.9, 0.1), baseline())
    tables = written(rows)
    (found,) = tables["images"]
    zero = ("timesteps", "latency_steps", "neurons", "synops", "spikes_per_neuron")
    assert all(found[name] == 0 for name in zero)
    assert found["output_entropy"] == 1.0
    assert found["spike_class"] == "none"
    assert found["macs_cached"] == found["macs_streaming"] == sum(macs)
    assert found["state_ops"] == state
    layers = tables["layers"]
    assert [layer["macs_cached"] for layer in layers] == macs
    assert {layer["input_kind"] for layer in layers} == {"analogue" if ran else "none"}
    assert all(layer["passes"] == layer["spikes"] == 0 for layer in layers)


@pytest.mark.parametrize("ran", [True, False])
def test_analogue_nodes_are_rows_with_their_work_in_columns_of_their_own(rows, written, ran):
    node = AnnLayer("sigmoid", 7, 7, **SHAPE, **CHANNELS)
    ann = replace(ANN, layers=ANN.layers | {"gate": node}, special_ops={"gate": 5})
    spiking = LayerCount(
        "gate", "sigmoid", SpikeKind.ANALOGUE, macs_cached=7, special_ops=5, is_node=True
    )
    reference = Outcome.of_reference(image(0.6), ann, ran=ran, decoded=None)
    for found in (reference, outcome(layers=[*LAYERS_OF, spiking])):
        rows.add(sample(), found, Scores(30.0, 0.9, 0.1), replace(baseline(), counts=ann))
    layers = written(rows)["layers"]
    work = [(row["analogue_macs"], row["special_ops"]) for row in layers]
    assert work == [(0, 0), (0, 0), (7, 5) if ran else (0, 0), (0, 0), (0, 0), (7, 5)]


def test_a_layer_row_says_what_the_ann_does_there_and_on_which_shape(rows, written):
    extra = LayerCount("pixel_map", "Conv2d", SpikeKind.ANALOGUE, macs_cached=9, macs_streaming=9)
    rows.add(sample(), outcome(layers=[*LAYERS_OF, extra]), Scores(29.0, 0.8, None), baseline())
    found = written(rows)["layers"]
    assert [row["macs_dense"] for row in found] == [90, 810, 0]  # the ANN has no pixel map
    assert [row["macs_effective"] for row in found] == [80, 420, 0]
    assert {name: found[1][name] for name in SHAPE} == SHAPE
    assert [row["passes"] for row in found] == [4, 4, 4]
    assert [row["spikes"] for row in found] == [0, 16, 0]


def test_the_outcome_of_a_recording_sums_its_layers():
    recording = Recording(
        timesteps=4,
        latency_steps=5,
        output=image(0.6),
        decoded=torch.tensor([0.0, 0.0, 0.5, 1.0]),
        layers=[*LAYERS_OF, LayerCount("map", "Conv2d", SpikeKind.ANALOGUE, 0, 0, 0, 0, 9, 9)],
        neurons=8,
        spikes=20,
        state_ops=96,
        seconds=0.5,
        spike_kind=SpikeKind.GRADED,
    )
    found = Outcome.of_recording(recording)
    assert (found.macs_cached, found.macs_streaming) == (99, 369)
    assert (found.timesteps, found.latency_steps, found.spike_class) == (4, 5, "graded")
    assert (found.neurons, found.spikes, found.state_ops, found.seconds) == (8, 20, 96, 0.5)
    assert found.output_entropy == 1.5


def test_a_layer_row_is_the_mean_over_images_at_its_t(rows, written):
    busy = LayerCount("conv2", "Conv2d", SpikeKind.SIGNED, 24, events=30, spikes=48, synops=300)
    for name, layers in [("01", LAYERS_OF), ("02", [LAYERS_OF[0], busy])]:
        rows.add(sample(name), outcome(layers=layers), Scores(29.0, 0.8, None), baseline())
    first, second = written(rows)["layers"]
    assert first.keys() == set(LAYERS.names)
    assert (first["layer"], first["macs_streaming"], first["rate"]) == ("conv1", 360, 0)
    assert (second["layer"], second["neurons"], second["events"]) == ("conv2", 16, 20)
    assert second["synops"] == 222
    assert second["rate"] == pytest.approx((16 / (8 * 4) + 48 / (24 * 4)) / 2)
    assert second["input_kind"] == "signed"  # the richest of the images


def test_a_rate_counts_the_extra_steps_of_a_release(rows, written):
    rows.add(sample(), outcome(4, latency_steps=5), Scores(29.0, 0.8, None), baseline())
    assert written(rows)["layers"][1]["rate"] == pytest.approx(16 / (8 * 5))


def test_a_layer_that_waits_has_fewer_passes_than_the_network(rows, written):
    layers = [LAYERS_OF[0], replace(LAYERS_OF[1], passes=2)]
    rows.add(sample(), outcome(layers=layers), Scores(29.0, 0.8, None), baseline())
    found = written(rows)["layers"]
    assert [row["passes"] for row in found] == [4, 2]
    assert found[1]["rate"] == 16 / (8 * 2)


def test_each_t_has_its_own_layer_rows_in_execution_order(rows, written):
    for timesteps in (4, 16):
        rows.add(sample(), outcome(timesteps), Scores(29.0, 0.8, None), baseline())
    found = [(r["timesteps"], r["layer"]) for r in written(rows)["layers"]]
    assert found == [(4, "conv1"), (4, "conv2"), (16, "conv1"), (16, "conv2")]


def test_pictures_are_each_image_at_each_t_and_its_references_once(rows, written):
    for name in ("01", "02"):
        for timesteps in (1, 4):
            rows.add(sample(name), outcome(timesteps), Scores(29.0, 0.8, None), baseline())
    pictures = written(rows)["pictures"]
    assert all(p.keys() == set(PICTURES.names) for p in pictures)
    shades = {("restored", 1): 153, ("restored", 4): 153, ("target", 0): 128, ("input", 0): 76}
    shades |= {("ann", 0): 178}
    for name in ("01", "02"):
        mine = [p for p in pictures if p["image"] == name]
        found = {(p["role"], p["timesteps"]): shade(p["webp"]) for p in mine}
        assert len(mine) == len(shades)
        assert found == pytest.approx(shades, abs=1)  # WebP is lossy


def test_a_reference_adds_no_restored_picture(rows, written):
    reference = Outcome.of_reference(image(0.6), ANN, ran=True, decoded=None)
    rows.add(sample(), reference, Scores(30.0, 0.9, None), baseline())
    assert [p["role"] for p in written(rows)["pictures"]] == ["target", "input", "ann"]
