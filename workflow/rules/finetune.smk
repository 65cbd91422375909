# A state that its recipe pins is copied or fetched, and checked: it is never trained again.
rule fetch_state:
    input:
        recipe=recipe_file,
        backbone=backbone_inputs,
        weights=paths.weights("{backbone}"),
        committed=committed_state,
    output:
        paths.pinned_state("{recipe}", "{backbone}"),
    log:
        paths.log("fetch_state", "{backbone}/{recipe}"),
    priority: of_its_pair
    script:
        "../scripts/fetch_state.py"


# Every other state that a row asks for is trained, and so is any that is asked for by name.
rule finetune:
    input:
        recipe=recipe_file,
        backbone=backbone_inputs,
        weights=paths.weights("{backbone}"),
        dataset=tuning_folder,
        sources=paths.stage_sources(Stage.FINETUNE),
    output:
        state=paths.finetuned("{recipe}", "{backbone}"),
        curve=paths.finetuned("{recipe}", "{backbone}", ".csv"),
        drawing=paths.finetuned("{recipe}", "{backbone}", ".svg"),
    log:
        paths.log("finetune", "{backbone}/{recipe}"),
    benchmark:
        paths.benchmark("finetune", "{backbone}/{recipe}")
    priority: of_its_pair
    threads: tuning_threads
    script:
        "../scripts/finetune.py"
