"""Does a backbone give the numbers it is known for? Its scores on a whole test set."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from spikebench.ann.backbone import BackboneSpec, load_backbone, load_backbone_spec
from spikebench.ann.sides import explained_by_sides
from spikebench.data.degrade import pad_to_multiple
from spikebench.data.index import dataset_sha256
from spikebench.data.registry import load_dataset
from spikebench.data.samples import Sample, samples
from spikebench.io.checksums import file_sha256
from spikebench.metrics.image import measure
from spikebench.metrics.smallest import refuse_small_images
from spikebench.results.columns.verification import VERIFIED
from spikebench.results.shards import write_shard

SEED = 0  # of noise and rain; another one moves a mean over a set by at most 0.02 dB


def verify_backbone(
    *, backbone: str, weights: Path, dataset: str, dataset_folder: Path, threads: int, output: Path
) -> None:
    """Restore a whole set by the ANN and write PSNR and SSIM of each image, for every protocol.

    The protocols are the backbone's own and those of its known scores on this set. Raises
    `BenchError` where less than the whole set was fetched, or an image is too small to be scored.
    """
    torch.set_num_threads(threads)
    spec = load_backbone_spec(backbone)
    module = load_backbone(spec, weights)
    source = load_dataset(dataset, fetched=dataset_folder)
    keys = {
        "backbone": backbone,
        "dataset": dataset,
        "weights_sha256": file_sha256(weights),
        "dataset_sha256": dataset_sha256(source, dataset_folder),
    }
    protocols = _protocols(spec, dataset)
    refuse_small_images(source, dataset_folder, spec.task, protocols)
    found = samples(source, dataset_folder, spec.task, seed=SEED)
    rows = [
        keys | row
        for sample in tqdm(found, desc=f"{backbone} {dataset}", total=source.images, unit="image")
        for row in _rows(spec, module, sample, protocols)
    ]
    write_shard(output, rows, VERIFIED)


def _protocols(spec: BackboneSpec, dataset: str) -> list[str]:
    known = [*spec.published, *spec.measured]
    scored = {score.protocol for score in known if score.dataset == dataset}
    return sorted({spec.task.protocol, *scored})


def _rows(
    spec: BackboneSpec, module: torch.nn.Module, sample: Sample, protocols: list[str]
) -> Iterator[dict[str, Any]]:
    padded = pad_to_multiple(sample.degraded, spec.multiple)
    with torch.inference_mode(), explained_by_sides(spec, module, padded):
        restored = module(padded)
    height, width = sample.target.shape[-2:]
    restored, scale = restored[..., :height, :width], spec.task.scale
    for protocol in protocols:
        ours = measure(restored, sample.target, protocol, scale=scale)
        floor = measure(sample.floor, sample.target, protocol, scale=scale)
        yield {
            "image": sample.name,
            "protocol": protocol,
            "psnr": ours.psnr,
            "ssim": ours.ssim,
            "psnr_input": floor.psnr,
            "ssim_input": floor.ssim,
        }
