# A state that its recipe pins is copied or fetched, and checked: it is never trained again.
rule fetch_state:
    input:
        recipe=recipe_file,
        backbone=backbone_files,
        weights="resources/backbones/{backbone}.safetensors",
        committed=committed_state,
    output:
        "resources/states/{backbone}/{recipe}.safetensors",
    log:
        "logs/fetch_state/{backbone}/{recipe}.log",
    script:
        "../scripts/fetch_state.py"


# Every other state that a row asks for is trained, and so is any that is asked for by name.
rule finetune:
    input:
        recipe=recipe_file,
        backbone=backbone_files,
        weights="resources/backbones/{backbone}.safetensors",
        dataset=tuning_folder,
        sources=sources("finetune"),
    output:
        state="resources/finetuned/{backbone}/{recipe}.safetensors",
        curve="resources/finetuned/{backbone}/{recipe}.csv",
        drawing="resources/finetuned/{backbone}/{recipe}.svg",
    log:
        "logs/finetune/{backbone}/{recipe}.log",
    threads: tuning_threads
    script:
        "../scripts/finetune.py"
