"""The validated configuration, and what rules look up in it. No rule lives here."""

import os
import subprocess
import sys
from pathlib import Path

from spikebench.energy.models import is_file
from spikebench.errors import BenchError
from spikebench.io.seals import awaited, set_aside
from spikebench.metrics.trunks import TRUNKS, reason_without, trunk_path
from spikebench.run import catalogue, paths
from spikebench.run import jobs as jobs_of
from spikebench.run.cell import Cell
from spikebench.run.failures import (
    PARTIAL,
    asked_for,
    describe,
    failed_job,
    find_failures,
    is_partial,
    made_for,
    part_files,
)
from spikebench.run.load import load_merged
from spikebench.run.progress import urgency
from spikebench.run.progress.places import page_whole, pair_finished
from spikebench.run.provenance import changed_inputs
from spikebench.run.sources import Stage, file_sources, list_sources, stage_sources
from spikebench.run.verifiable import verifiable_pairs


wildcard_constraints:
    dataset="[a-z0-9_]+",
    backbone="[a-z0-9_]+",
    method="[a-z0-9_]+",
    recipe="[a-z0-9_]+",
    seed="[0-9]+",
    first="[0-9]+",
    stop="[0-9]+",


if workflow.is_main_process:
    for line in changed_inputs():
        print(line, file=sys.stderr)

try:
    RUN = load_merged(
        config,
        [Path(os.path.relpath(file)) for file in workflow.configfiles],
        workflow.config_settings.config_args or [],
    )
except BenchError as error:
    sys.exit(str(error))  # the message alone; an exception would bring Snakemake's traceback
config.update(RUN.model_dump(mode="json"))  # as `snakemake.config` it is checked, too

CELLS = jobs_of.cells(RUN)
# The smallest pairs first, so that the page shows something early: see so_far.smk.
URGENCY = urgency(RUN, CELLS)
AT_ONCE = len(URGENCY) + 1
METHODS = {
    name: catalogue.method_file(name, RUN.method_paths)
    for name in sorted(map(RUN.method_name, RUN.methods))
}
# What rules match: a cell of any wildcards, and a part of it.
CELL = Cell("{dataset}", "{backbone}", "{method}", "{seed}")
PART = paths.part("<run>", CELL, "{first}", "{stop}")

# A partial page is made of the cells that are there, and says why the others are not.
ASKED = asked_for(
    Path(workflow.main_snakefile),
    workflow.overwrite_configfiles,
    workflow.config_settings.config_args or [],
)
FAILURES = find_failures(RUN, CELLS, ASKED) if is_partial() else []
FAILED = {Cell(f.dataset, f.backbone, f.method, f.seed) for f in FAILURES}
COLLECTED = [cell for cell in CELLS if cell not in FAILED]
# The fine-tuned states that rows ask for: recipe and backbone
TUNED = sorted(
    {(recipe, cell.backbone) for cell in COLLECTED if (recipe := RUN.recipe(cell.method))}
)


def damaged_outputs():
    """Set aside what is not what a job wrote; return what this run has to make anew."""
    own = [paths.results(RUN.run), paths.report(RUN.run)]
    folders = [paths.RESOURCES, *own]
    for output, files in set_aside(folders):
        print(
            f"Damaged: {', '.join(map(str, files))}. Kept as {output}.damaged, and made anew.",
            file=sys.stderr,
        )
    needed = made_for(RUN, CELLS)
    return [str(file) for file in awaited(folders) if file in needed or file.parent in own]


def write_source_lists():
    """Write down what the code behind every stage, method and architecture is now."""
    for stage in Stage:
        list_sources(stage_sources(stage), paths.stage_sources(stage))
    for name, file in METHODS.items():
        list_sources(file_sources(file), paths.method_sources(RUN.run, name))
    for file in catalogue.architecture_files():
        list_sources(file_sources(file), paths.architecture_sources(file.stem))


if workflow.is_main_process:
    write_source_lists()

# Snakemake makes no missing file whose later ones are there, unless it is asked for by name.
DAMAGED = damaged_outputs() if workflow.is_main_process else []

# The tables that reports are made from.
REPORTED = [
    "images",
    "layers",
    "pictures",
    "methods",
    "training",
    "run",
    "leaderboard",
    "prices",
    "comparisons",
    "curves",
    "standings",
    "energy_models",
]


def say_failures(jobs):
    """Name every job that failed; make the page of the cells that are there."""
    for job in jobs:
        print(
            failed_job(job.rule.name, job.output[0], job.log[0] if job.log else "", ASKED),
            file=sys.stderr,
        )
    lacking = len(find_failures(RUN, CELLS, ASKED))
    show_partial_page(jobs, lacking)
    for mark in paths.pairs_done(RUN.run).glob("*/*.txt"):  # what failed there is tried again
        mark.unlink()


def show_partial_page(jobs, lacking):
    """Make the page of the cells that are there, if it was asked for and some are not."""
    whole = set(workflow.dag_settings.targets or ["all"]) == {"all"}
    if not jobs or is_partial() or not whole or not lacking:
        return
    print(
        f"{lacking} of {len(CELLS)} cells have no numbers; the page shows the others and says so.",
        file=sys.stderr,
    )
    subprocess.run(
        [sys.executable, "-m", "snakemake", "all", "--cores", "1", "--nolock", *ASKED],
        env=os.environ | {PARTIAL: "1"},
    )


def method_sources(wildcards):
    """The list of the code behind a row's method file."""
    return paths.method_sources(RUN.run, RUN.method_name(wildcards.method))


def method_file(wildcards):
    return str(METHODS[RUN.method_name(wildcards.method)])


def backbone_inputs(wildcards):
    """The manifest of a backbone, and the list of the code behind its architecture."""
    name = wildcards.backbone
    code = paths.architecture_sources(catalogue.architecture(name))
    return [catalogue.backbone_file(name), code]


def embedded_weights(wildcards):
    """The committed file, or nothing where the weights are fetched."""
    return catalogue.embedded_weights(wildcards.backbone)


def training_folder(wildcards):
    return paths.dataset(catalogue.training_dataset(wildcards.backbone))


def training_threads(wildcards):
    """How many cores to reserve; the recipe has the last word, since it decides the bits."""
    return catalogue.training_threads(wildcards.backbone)


def dataset_files(wildcards):
    """What defines a data set; a set that comes whole from an archive has no files.csv."""
    return catalogue.dataset_files(wildcards.dataset)


def provided_source(wildcards):
    """The user's own folder or archive of a data set, or None where it is fetched."""
    source = RUN.provided.get(wildcards.dataset)
    return None if source is None else str(source)


def wanted_images(wildcards):
    return jobs_of.wanted_images(RUN, wildcards.dataset)


def trust_table(wildcards):
    return [paths.TRUST] if RUN.verify_backbones else []


def verified_scores(wildcards):
    return [paths.verified(*pair) for pair in verifiable_pairs()]


def lpips_trunk(wildcards):
    """The network that LPIPS looks through, or None where it is not there.

    It is never fetched for a run. Its file is no input: which one it is, is checked by its hash, and
    an environment that is set up anew changes its time and nothing else.
    """
    return None if reason_without(RUN.lpips) else RUN.lpips


def own_energy_models(wildcards):
    return [entry for entry in RUN.energy_models if is_file(entry)]


def calibration_folder(wildcards):
    return paths.dataset(jobs_of.calibration_dataset(RUN, wildcards.backbone))


def tuned_state(wildcards):
    """The fine-tuned state that a row asks for, or nothing."""
    recipe = RUN.recipe(wildcards.method)
    return [catalogue.tuned_state(recipe, wildcards.backbone)] if recipe else []


def recipe_file(wildcards):
    return str(catalogue.recipe_file(wildcards.recipe))


def committed_state(wildcards):
    """The state in the repository, or nothing where it is fetched."""
    file = catalogue.committed_state(wildcards.recipe, wildcards.backbone)
    return [str(file)] if file.is_file() else []


def tuning_folder(wildcards):
    return paths.dataset(catalogue.tuning_dataset(wildcards.recipe, wildcards.backbone))


def tuning_threads(wildcards):
    return catalogue.tuning_threads(wildcards.recipe)


def simulation_memory(wildcards, attempt):
    """Megabytes; 88 million neurons took 3.2 GB."""
    return 4000 * attempt


def simulation_minutes(wildcards, attempt):
    """Minutes; a cell of 222 GMAC at T = 32 took at most 5 on one core. docs/scale.md has more."""
    return 60 * attempt


def pair_of(wildcards):
    """The cells of a data set and a backbone."""
    pair = (wildcards.dataset, wildcards.backbone)
    return [cell for cell in CELLS if (cell.dataset, cell.backbone) == pair]


def of_its_pair(wildcards):
    """The priority of a job: that of the first pair (data set, backbone) that waits for it."""
    own = {name: wildcards[name] for name in ("dataset", "backbone") if name in wildcards.keys()}
    return max(
        (
            number
            for (dataset, backbone), number in URGENCY.items()
            if own.items() <= {"dataset": dataset, "backbone": backbone}.items()
        ),
        default=0,
    )


def cell_of(wildcards):
    return Cell(wildcards.dataset, wildcards.backbone, wildcards.method, int(wildcards.seed))


def cell_parts(wildcards):
    """What other jobs restored of a cell; nothing for such a job, or where one takes all images."""
    if "first" in wildcards.keys():
        return []
    return part_files(RUN, cell_of(wildcards))


def conversion(wildcards):
    return jobs_of.conversion_settings(
        RUN, wildcards.backbone, wildcards.method, int(wildcards.seed)
    )


def evaluation(wildcards):
    return jobs_of.evaluation_settings(RUN, cell_of(wildcards))
