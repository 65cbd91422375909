rule convert:
    input:
        method=method_file,
        backbone=backbone_files,
        weights="resources/backbones/{backbone}.safetensors",
        calibration=calibration_folder,
        tuned=tuned_state,
        sources=sources("convert"),
    output:
        "resources/converted/<run>/{backbone}/{method}/seed{seed}.safetensors",
    log:
        "logs/<run>/convert/{backbone}/{method}/seed{seed}.log",
    params:
        conversion=conversion,
    script:
        "../scripts/convert.py"
