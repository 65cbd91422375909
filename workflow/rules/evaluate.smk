rule evaluate:
    input:
        method=method_file,
        backbone=backbone_files,
        weights="resources/backbones/{backbone}.safetensors",
        converted="resources/converted/<run>/{backbone}/{method}/seed{seed}.safetensors",
        manifest="datasets/{dataset}/dataset.yaml",
        dataset="resources/datasets/{dataset}",
        calibration=calibration_folder,
        tuned=tuned_state,
        lpips=lpips_trunk,
        sources=sources("evaluate"),
    output:
        images="results/<run>/cells/{dataset}/{backbone}/{method}/seed{seed}/images.parquet",
        layers="results/<run>/cells/{dataset}/{backbone}/{method}/seed{seed}/layers.parquet",
        pictures="results/<run>/cells/{dataset}/{backbone}/{method}/seed{seed}/pictures.parquet",
    log:
        "logs/<run>/evaluate/{dataset}/{backbone}/{method}/seed{seed}.log",
    threads: 1
    params:
        conversion=conversion,
        evaluation=evaluation,
        lpips=RUN.lpips,
    script:
        "../scripts/evaluate.py"
