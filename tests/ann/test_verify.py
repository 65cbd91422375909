"""The ANN on a whole test set."""

import numpy as np
import pytest
import torch

from spikebench.ann.backbone import load_backbone_spec
from spikebench.ann.verify import verify_backbone
from spikebench.data.images import read_pixels
from spikebench.data.resize import imresize
from spikebench.errors import BenchError
from spikebench.io.checksums import file_sha256
from spikebench.results.columns.verification import VERIFIED
from spikebench.results.shards import read_shard
from tests.embedded_run import BACKBONE, WEIGHTS, fetch_images, network


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    return fetch_images(tmp_path_factory.mktemp("datasets"))


def verify(images, output):
    verify_backbone(
        backbone=BACKBONE,
        weights=WEIGHTS,
        dataset="embedded",
        dataset_folder=images / "embedded",
        threads=1,
        output=output,
    )
    return read_shard(output, VERIFIED).to_pandas()


def test_every_image_is_scored_under_the_task_protocol(images, tmp_path):
    rows = verify(images, tmp_path / "rows.parquet").set_index("image")
    assert len(rows) == 4 and set(rows["protocol"]) == {load_backbone_spec(BACKBONE).task.protocol}
    assert set(rows["weights_sha256"]) == {file_sha256(WEIGHTS)}

    clean = read_pixels(images / "embedded/target/camera.png")
    low = imresize(clean, 1 / 2, "published") / np.float32(255)
    with torch.no_grad():
        restored = network()(torch.from_numpy(low)[None, None])[0, 0].clamp(0, 1).numpy()
    error = (restored - clean / 255)[2:-2, 2:-2]
    assert rows["psnr"]["camera"] == pytest.approx(-10 * np.log10((error**2).mean()), abs=1e-4)
    floor = imresize(low, 2, "matlab_float").clip(0, 1)
    error = (floor - clean / 255)[2:-2, 2:-2]
    expected = -10 * np.log10((error**2).mean())
    assert rows["psnr_input"]["camera"] == pytest.approx(expected, abs=1e-4)


def test_a_part_of_a_set_is_refused(images, tmp_path):
    index = images / "embedded/index.csv"
    whole = index.read_text()
    index.write_text("".join(whole.splitlines(keepends=True)[:-1]))
    with pytest.raises(BenchError, match="fetched in part: 3 of its images"):
        verify(images, tmp_path / "rows.parquet")
    index.write_text(whole)
    assert not (tmp_path / "rows.parquet").exists()
