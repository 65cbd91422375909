# Where a GPU evaluates: all rows of a data set and a backbone in one job and one process, and a
# small local job for each cell, so that a row that fails there fails alone.
def of_each(function):
    """What an input function of a cell gives, for all cells of a pair."""

    def found(wildcards):
        given = [function(Wildcards(cell)) for cell in pair_of(wildcards)]
        return [
            file
            for files in given
            for file in ([files] if isinstance(files, (str, Path)) else files)
        ]

    return found


def pair_minutes(wildcards, attempt):
    """Minutes; not measured on a GPU. A job that is cut off goes on with the image it was at."""
    return 120 * attempt


class Wildcards:
    """The wildcards of a cell's rule."""

    def __init__(self, cell):
        vars(self).update({name: str(value) for name, value in vars(cell).items()})


rule evaluate_pair:
    input:
        methods=of_each(method_sources),
        backbone=backbone_inputs,
        weights=paths.weights("{backbone}"),
        converted=of_each(lambda wildcards: paths.converted(RUN.run, cell_of(wildcards))),
        manifest="datasets/{dataset}/dataset.yaml",
        dataset=paths.dataset("{dataset}"),
        calibration=calibration_folder,
        tuned=of_each(tuned_state),
        sources=paths.stage_sources(Stage.EVALUATE_PAIR),
    output:
        temp(paths.pair_done("<run>", "{dataset}", "{backbone}")),
    log:
        paths.log("evaluate_pair", "{dataset}/{backbone}", run="<run>"),
    benchmark:
        paths.benchmark("evaluate_pair", "{dataset}/{backbone}", run="<run>")
    priority: of_its_pair
    threads: 1
    resources:
        gpu=1,
        mem_mb=simulation_memory,
        runtime=pair_minutes,
    params:
        lpips=lpips_trunk,
        device=RUN.device,
        cells=lambda wildcards: [
            {
                "conversion": conversion(Wildcards(cell)),
                "evaluation": evaluation(Wildcards(cell)),
                "method_file": method_file(Wildcards(cell)),
                "converted": str(paths.converted(RUN.run, cell)),
                "tuned": [str(file) for file in tuned_state(Wildcards(cell))],
                "folder": str(paths.pair_cell(RUN.run, cell)),
            }
            for cell in pair_of(wildcards)
        ],
    script:
        "../scripts/evaluate_pair.py"


rule take_cell:
    input:
        done=paths.pair_done("<run>", "{dataset}", "{backbone}"),
    output:
        images=paths.shard("<run>", CELL, "images"),
        layers=paths.shard("<run>", CELL, "layers"),
        pictures=paths.shard("<run>", CELL, "pictures"),
    log:
        paths.log("evaluate", CELL.evaluation, run="<run>"),
    priority: of_its_pair
    localrule: True
    params:
        folder=lambda wildcards: str(paths.pair_cell(RUN.run, cell_of(wildcards))),
        # What decides the tables: the mark above is gone when the run is finished.
        conversion=conversion,
        evaluation=evaluation,
        lpips=lpips_trunk,
        device=RUN.device,
    script:
        "../scripts/take_cell.py"
