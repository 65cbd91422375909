rule fetch_weights:
    input:
        backbone=backbone_inputs,
        embedded=embedded_weights,
    output:
        paths.weights("{backbone}"),
    log:
        paths.log("fetch_weights", "{backbone}"),
    priority: of_its_pair
    localrule: True
    script:
        "../scripts/fetch_weights.py"


# Runs only when its output is asked for by name. The weights in backbones/weights/ are a copy that
# was checked and committed; training them again must never be a side effect of a benchmark.
rule pretrain:
    input:
        backbone=backbone_inputs,
        dataset=training_folder,
        sources=paths.stage_sources(Stage.PRETRAIN),
    output:
        weights=paths.pretrained("{backbone}"),
        losses=paths.pretrained("{backbone}", ".csv"),
    log:
        paths.log("pretrain", "{backbone}"),
    threads: training_threads
    script:
        "../scripts/pretrain.py"
