rule fetch_weights:
    input:
        backbone=backbone_files,
        embedded=embedded_weights,
    output:
        "resources/backbones/{backbone}.safetensors",
    log:
        "logs/fetch_weights/{backbone}.log",
    localrule: True
    script:
        "../scripts/fetch_weights.py"


# Runs only when its output is asked for by name. The weights in backbones/weights/ are a copy that
# was checked and committed; training them again must never be a side effect of a benchmark.
rule pretrain:
    input:
        backbone=backbone_files,
        dataset=training_folder,
        sources=sources("pretrain"),
    output:
        weights="resources/pretrained/{backbone}.safetensors",
        losses="resources/pretrained/{backbone}.csv",
    log:
        "logs/pretrain/{backbone}.log",
    threads: training_threads
    script:
        "../scripts/pretrain.py"
