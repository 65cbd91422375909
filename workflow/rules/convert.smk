rule convert:
    input:
        method=method_sources,
        backbone=backbone_inputs,
        weights=paths.weights("{backbone}"),
        calibration=calibration_folder,
        tuned=tuned_state,
        sources=paths.stage_sources(Stage.CONVERT),
    output:
        paths.converted("<run>", CELL),
    log:
        paths.log("convert", CELL.conversion, run="<run>"),
    benchmark:
        paths.benchmark("convert", CELL.conversion, run="<run>")
    priority: of_its_pair
    resources:
        gpu=int(RUN.device != "cpu"),
        mem_mb=simulation_memory,
        runtime=simulation_minutes,
    params:
        conversion=conversion,
        device=RUN.device,
        method_file=method_file,
    script:
        "../scripts/convert.py"
