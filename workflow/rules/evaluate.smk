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
        parts=cell_parts,
        sources=sources("evaluate"),
    output:
        images="results/<run>/cells/{dataset}/{backbone}/{method}/seed{seed}/images.parquet",
        layers="results/<run>/cells/{dataset}/{backbone}/{method}/seed{seed}/layers.parquet",
        pictures="results/<run>/cells/{dataset}/{backbone}/{method}/seed{seed}/pictures.parquet",
    log:
        "logs/<run>/evaluate/{dataset}/{backbone}/{method}/seed{seed}.log",
    benchmark:
        "logs/<run>/evaluate/{dataset}/{backbone}/{method}/seed{seed}.tsv"
    threads: 1
    resources:
        mem_mb=simulation_memory,
        runtime=simulation_minutes,
    params:
        conversion=conversion,
        evaluation=evaluation,
        lpips=RUN.lpips,
    script:
        "../scripts/evaluate.py"


# Some images of a cell, where the run says `images_per_job`. Its settings have to be those of the
# cell, which decide the rows; what it leaves is deleted once the cell has it.
use rule evaluate as evaluate_part with:
    output:
        temp(
            "results/<run>/cells/{dataset}/{backbone}/{method}/seed{seed}/part{first}-{stop}.jsonl"
        ),
    log:
        "logs/<run>/evaluate/{dataset}/{backbone}/{method}/seed{seed}/part{first}-{stop}.log",
    benchmark:
        "logs/<run>/evaluate/{dataset}/{backbone}/{method}/seed{seed}/part{first}-{stop}.tsv"
