"""Measure what the cells of a run cost: processor seconds of one core, in this process.

snakemake --cores 2 all --configfile my.yaml
python benchmarks/cells.py my.yaml > cells.csv

Processor seconds, since others may use the machine too. Left out is what a job needs to start. The
cells have to be fetched and converted; nothing of the run is changed.
"""

import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from spikebench.run import catalogue, paths
from spikebench.run.cell import Cell
from spikebench.run.config import RunConfig
from spikebench.run.jobs import cells, evaluation_settings
from spikebench.run.load import load_config
from spikebench.stages.evaluate import evaluate_cell


def measured(config: RunConfig, cell: Cell, folder: Path) -> dict[str, object]:
    """Evaluate a cell into `folder`; return what it cost, its GMAC and its largest T."""
    method = catalogue.method_file(config.method_name(cell.method), config.method_paths)
    settings = evaluation_settings(config, cell)
    recipe = config.recipe(cell.method)
    began = time.process_time()
    evaluate_cell(
        **settings,
        dataset_folder=paths.dataset(cell.dataset),
        calibration_folder=paths.dataset(settings["calibration"]),
        lpips=None,
        weights=paths.weights(cell.backbone),
        method_file=method,
        converted=paths.converted(config.run, cell),
        tuned=catalogue.tuned_state(recipe, cell.backbone) if recipe else None,
        threads=1,
        device=config.device,
        settings=settings,
        images_out=folder / "images.parquet",
        layers_out=folder / "layers.parquet",
        pictures_out=folder / "pictures.parquet",
    )
    seconds = time.process_time() - began
    images = pd.read_parquet(folder / "images.parquet")
    gmac = images.drop_duplicates("image")["macs_dense"].sum() / 1e9
    return vars(cell) | {
        "images": images["image"].nunique(),
        "gmac": gmac,
        "steps": images["timesteps"].max(),
        "seconds": seconds,
    }


def main() -> None:
    """Write a line for each cell as it is measured."""
    config = load_config(Path(sys.argv[1]))
    for number, cell in enumerate(cells(config)):
        with tempfile.TemporaryDirectory() as folder:
            row = pd.DataFrame([measured(config, cell, Path(folder))])
        print(row.to_csv(index=False, header=number == 0), end="", flush=True)


if __name__ == "__main__":
    main()
