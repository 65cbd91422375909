"""Evaluate all converted rows of one backbone on one data set."""

from pathlib import Path

from spikebench.io.seals import refuse_damage
from spikebench.run.logs import logged
from spikebench.stages.evaluate import CellInputs
from spikebench.stages.pair import evaluate_pair

given, params = snakemake.input, snakemake.params


def inputs_of(cell: dict) -> CellInputs:
    return CellInputs(
        **cell["evaluation"],
        dataset_folder=Path(given.dataset),
        calibration_folder=Path(given.calibration),
        lpips=params.lpips,
        weights=Path(given.weights),
        method_file=Path(cell["method_file"]),
        converted=Path(cell["converted"]),
        tuned=Path(cell["tuned"][0]) if cell["tuned"] else None,
        threads=snakemake.threads,
        device=params.device,
        settings={name: cell[name] for name in ("conversion", "evaluation")}
        | {"lpips": params.lpips},
    )


with logged(snakemake.log[0]):
    refuse_damage(map(Path, given))
    cells = [(Path(cell["folder"]), inputs_of(cell)) for cell in params.cells]
    evaluate_pair(cells, Path(snakemake.output[0]))
