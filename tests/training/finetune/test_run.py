"""From a recipe to a state: what is written, and that it can be made again."""

import csv
from pathlib import Path

import pytest
import torch
import yaml

from spikebench.ann.backbone import load_backbone, load_backbone_spec
from spikebench.data.fetch.dataset import fetch_dataset
from spikebench.data.index import dataset_sha256
from spikebench.data.registry import load_dataset
from spikebench.errors import BenchError
from spikebench.io.checksums import file_sha256
from spikebench.snn.model.network import Network
from spikebench.snn.model.tuned import TunedState
from spikebench.training.finetune.recipe import load_recipe
from spikebench.training.finetune.run import finetune
from spikebench.training.finetune.state import fetch_state
from tests.training.finetune.conftest import SETTINGS

BACKBONE = "espcn_tiny_x2"
WEIGHTS = Path(f"backbones/weights/{BACKBONE}.safetensors")


@pytest.fixture(scope="module")
def photographs(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("embedded_train")
    fetch_dataset(load_dataset("embedded_train"), folder)
    return folder


@pytest.fixture(scope="module")
def root(tmp_path_factory, photographs) -> Path:
    """A folder finetuning/ with one recipe, quick.yaml."""
    folder = tmp_path_factory.mktemp("checkout") / "finetuning"
    folder.mkdir()
    spec = load_dataset("embedded_train")
    training = {k: v for k, v in SETTINGS.items() if not k.startswith("dataset")}
    source = {"name": spec.name, "sha256": dataset_sha256(spec, photographs)}
    content = {
        "title": "Quick",
        "training": training | {"steps": 4, "learning_rate": 1e-4, "energy": 0.0},
        "datasets": {"super_resolution": source},
    }
    (folder / "quick.yaml").write_text(yaml.safe_dump(content))
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory, root, photographs) -> Path:
    return make(tmp_path_factory.mktemp("made"), root, photographs)


def make(folder: Path, root: Path, photographs: Path) -> Path:
    output = folder / "quick.safetensors"
    finetune(
        backbone=BACKBONE,
        weights=WEIGHTS,
        recipe="quick",
        dataset_folder=photographs,
        output=output,
        root=root,
    )
    return output


def test_a_state_says_where_it_comes_from_and_what_it_reached(made, root, photographs):
    about = TunedState.read(made).about
    assert about["recipe"] == "quick"
    assert about["recipe_sha256"] == load_recipe("quick", "super_resolution", root).digest
    assert about["weights_sha256"] == file_sha256(WEIGHTS)
    assert about["dataset_sha256"] == dataset_sha256(load_dataset("embedded_train"), photographs)
    assert about["images"] == 4 * 2
    assert about["reached"]["step"] > 0
    assert about["reached"]["held_out_psnr"] > 20


def test_its_curve_is_written_and_drawn(made):
    with made.with_suffix(".csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [row["step"] for row in rows] == ["0", "2", "4"]
    assert float(rows[-1]["seconds"]) > 0
    drawing = made.with_suffix(".svg").read_text()
    assert drawing.startswith("<svg")
    assert "held-out PSNR minus the ANN" in drawing


def test_with_an_energy_target_the_last_step_is_what_was_reached(root, photographs, tmp_path):
    folder = tmp_path / "finetuning"
    folder.mkdir()
    content = yaml.safe_load((root / "quick.yaml").read_text())
    target = {"energy_target": 0.01, "dual_rate": 1.0, "patience": None}
    content["training"] |= target
    (folder / "quick.yaml").write_text(yaml.safe_dump(content))
    made = make(tmp_path, folder, photographs)
    with made.with_suffix(".csv").open() as stream:
        rows = list(csv.DictReader(stream))
    losses = [float(row["held_out_loss"]) for row in rows]
    assert losses[-1] > min(losses)
    about = TunedState.read(made).about
    assert about["reached"]["step"] == 4
    assert about["settings"]["energy_target"] == 0.01
    assert {row["energy_target"] for row in rows} == {"0.01"}
    weights = [float(row["energy_weight"]) for row in rows]
    assert weights[0] == 0 < weights[1] < weights[2]


def test_a_state_says_how_many_steps_each_phase_had(made, root, photographs, tmp_path):
    folder = tmp_path / "finetuning"
    folder.mkdir()
    content = yaml.safe_load((root / "quick.yaml").read_text())
    last = {"steps": 6, "timesteps": 2, "neuron": "if", "learning_rate": 1e-5}
    content["training"] |= {"last": last}
    (folder / "quick.yaml").write_text(yaml.safe_dump(content))
    state = make(tmp_path, folder, photographs)
    about = TunedState.read(state).about
    assert about["phases"] == [4, 6]
    assert about["images"] == 10 * 2
    assert about["settings"]["last"] == last
    assert 4 <= about["reached"]["step"] <= 10
    with state.with_suffix(".csv").open() as stream:
        assert [row["step"] for row in csv.DictReader(stream)] == ["0", "2", "4", "6", "8", "10"]
    assert "phases" not in TunedState.read(made).about


def test_two_runs_write_the_same_bytes_and_leave_no_checkpoint(made, root, photographs, tmp_path):
    again = make(tmp_path, root, photographs)
    assert again.read_bytes() == made.read_bytes()
    assert not again.with_suffix(".checkpoint").exists()


def test_it_is_the_backbone_with_other_weights_and_with_thresholds(made):
    backbone = load_backbone(load_backbone_spec(BACKBONE), WEIGHTS)
    network, state = Network.of(backbone), TunedState.read(made)
    for node in network.graph.synapses:
        assert not torch.equal(state.weights[f"{node.name}/weight"], node.module.weight)
    assert state.thresholds.keys() == {site.name for site in network.graph.sites}
    state.load_into(network.graph)
    for node in network.graph.synapses:
        assert torch.equal(state.weights[f"{node.name}/weight"], node.module.weight)


def test_a_test_set_is_never_trained_on(root, tmp_path, photographs):
    (tmp_path / "finetuning").mkdir()
    content = yaml.safe_load((root / "quick.yaml").read_text())
    content["datasets"]["super_resolution"]["name"] = "set5"
    (tmp_path / "finetuning/quick.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(BenchError, match="trains on set5, a test set"):
        make(tmp_path, tmp_path / "finetuning", photographs)


@pytest.fixture
def pinned(made, root, tmp_path) -> Path:
    """A checkout whose recipe pins the state that was made, committed."""
    checkout = tmp_path / "finetuning"
    committed = checkout / "states" / BACKBONE / "quick.safetensors"
    committed.parent.mkdir(parents=True)
    committed.write_bytes(made.read_bytes())
    content = yaml.safe_load((root / "quick.yaml").read_text())
    pin = {"sha256": file_sha256(made), "bytes": made.stat().st_size}
    content["states"] = {BACKBONE: pin}
    (checkout / "quick.yaml").write_text(yaml.safe_dump(content))
    return checkout


@pytest.fixture
def further(pinned, made) -> Path:
    """The same, where the recipe goes on from that state."""
    content = yaml.safe_load((pinned / "quick.yaml").read_text())
    del content["states"]
    content["training"]["start"] = {"recipe": "quick", "sha256": file_sha256(made)}
    (pinned / "quick.yaml").write_text(yaml.safe_dump(content))
    return pinned


def test_a_training_goes_on_with_the_state_that_it_starts_from(
    further, made, photographs, tmp_path
):
    reached = TunedState.read(made).about["reached"]
    state = make(tmp_path, further, photographs)
    with state.with_suffix(".csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [int(row["step"]) for row in rows] == [reached["step"] + each for each in (0, 2, 4)]
    for key in ("held_out_psnr", "energy"):
        assert float(rows[0][key]) == pytest.approx(reached[key], rel=1e-5)
    about = TunedState.read(state).about
    assert about["settings"]["start"]["sha256"] == file_sha256(made)
    assert about["images"] == (reached["step"] + 4) * 2


def test_another_state_to_start_from_than_the_pinned_one_is_refused(further, photographs, tmp_path):
    file = further / "states" / BACKBONE / "quick.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(BenchError, match="is not the file whose SHA-256 `start` pins"):
        make(tmp_path, further, photographs)


def test_a_state_of_another_seed_saw_what_is_held_out_and_is_refused(
    further, photographs, tmp_path
):
    file = further / "quick.yaml"
    file.write_text(file.read_text().replace("seed: 0", "seed: 1"))
    with pytest.raises(BenchError, match="another `seed` than 1"):
        make(tmp_path, further, photographs)


def bring(root: Path, destination: Path) -> bytes:
    fetch_state(
        backbone=BACKBONE, recipe="quick", weights=WEIGHTS, destination=destination, root=root
    )
    return destination.read_bytes()


def test_a_committed_state_is_copied(pinned, made, tmp_path):
    assert bring(pinned, tmp_path / "state") == made.read_bytes()


def test_another_file_than_the_pinned_one_is_refused(pinned, tmp_path):
    file = pinned / "states" / BACKBONE / "quick.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(BenchError, match=r"is not the file whose SHA-256 quick\.yaml pins"):
        bring(pinned, tmp_path / "state")
    assert not (tmp_path / "state").exists()


def test_the_state_of_an_older_recipe_is_refused_and_not_replaced(pinned, tmp_path):
    file = pinned / "quick.yaml"
    file.write_text(file.read_text().replace("learning_rate: 0.0001", "learning_rate: 0.0002"))
    with pytest.raises(BenchError, match=r"differs from what .* would make now in: recipe_sha256"):
        bring(pinned, tmp_path / "state")
    assert not (tmp_path / "state").exists()


def test_a_published_state_comes_from_its_address(pinned, made, tmp_path, monkeypatch):
    mirror = tmp_path / "mirror/example.org"
    mirror.mkdir(parents=True)
    (mirror / "quick.safetensors").write_bytes(made.read_bytes())
    monkeypatch.setenv("SPIKEBENCH_MIRROR", str(tmp_path / "mirror"))
    file = pinned / "quick.yaml"
    content = yaml.safe_load(file.read_text())
    content["states"][BACKBONE]["url"] = "https://example.org/quick.safetensors"
    file.write_text(yaml.safe_dump(content))
    (pinned / "states" / BACKBONE / "quick.safetensors").unlink()
    assert bring(pinned, tmp_path / "state") == made.read_bytes()
