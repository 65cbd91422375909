rule evaluate:
    input:
        method=method_sources,
        backbone=backbone_inputs,
        weights=paths.weights("{backbone}"),
        converted=paths.converted("<run>", CELL),
        manifest="datasets/{dataset}/dataset.yaml",
        dataset=paths.dataset("{dataset}"),
        calibration=calibration_folder,
        tuned=tuned_state,
        parts=cell_parts,
        sources=paths.stage_sources(Stage.EVALUATE),
    output:
        images=paths.shard("<run>", CELL, "images"),
        layers=paths.shard("<run>", CELL, "layers"),
        pictures=paths.shard("<run>", CELL, "pictures"),
    log:
        paths.log("evaluate", CELL.evaluation, run="<run>"),
    benchmark:
        paths.benchmark("evaluate", CELL.evaluation, run="<run>")
    priority: of_its_pair
    threads: 1
    resources:
        mem_mb=simulation_memory,
        runtime=simulation_minutes,
    params:
        conversion=conversion,
        evaluation=evaluation,
        lpips=lpips_trunk,
        device=RUN.device,
        method_file=method_file,
    script:
        "../scripts/evaluate.py"


# Some images of a cell, where the run says `images_per_job`. Its settings have to be those of the
# cell, which decide the rows; what it leaves is deleted once the cell has it.
use rule evaluate as evaluate_part with:
    output:
        temp(PART),
    log:
        paths.log("evaluate", CELL.evaluation / PART.stem, run="<run>"),
    benchmark:
        paths.benchmark("evaluate", CELL.evaluation / PART.stem, run="<run>")
