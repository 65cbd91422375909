"""Bring the weights of one backbone to a safetensors file, verified."""

from pathlib import Path

from spikebench.ann.backbone import load_backbone_spec
from spikebench.ann.weights import fetch_weights
from spikebench.run.logs import job

with job(snakemake):
    print(
        fetch_weights(load_backbone_spec(snakemake.wildcards.backbone), Path(snakemake.output[0]))
    )
