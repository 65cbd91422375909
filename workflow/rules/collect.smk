rule collect:
    input:
        images=[paths.shard("<run>", cell, "images") for cell in COLLECTED],
        layers=[paths.shard("<run>", cell, "layers") for cell in COLLECTED],
        pictures=[paths.shard("<run>", cell, "pictures") for cell in COLLECTED],
        converted=sorted({paths.converted("<run>", cell) for cell in COLLECTED}),
        states=[catalogue.tuned_state(*pair) for pair in TUNED],
        curves=[file for pair in TUNED if (file := catalogue.learning_curve(*pair))],
        methods=list(METHODS.values()),  # whose docstrings are shown
        code=[paths.method_sources(RUN.run, name) for name in METHODS],
        manifests=sorted({f for cell in COLLECTED for f in dataset_files(cell)}),
        datasets=sorted({paths.dataset(cell.dataset) for cell in COLLECTED}),
        backbones=sorted({f for cell in COLLECTED for f in backbone_inputs(cell)}),
        bibliography="docs/references.bib",
        # Once the page of the whole run is begun, no other is: see so_far.smk.
        finished=[] if is_partial() else [pair_finished("<run>", *pair) for pair in URGENCY],
        sources=paths.stage_sources(Stage.COLLECT),
    output:
        images=paths.table("<run>", "images"),
        layers=paths.table("<run>", "layers"),
        pictures=paths.table("<run>", "pictures"),
        methods=paths.table("<run>", "methods"),
        training=paths.table("<run>", "training"),
        run=paths.table("<run>", "run"),
    log:
        paths.log("collect", run="<run>"),
    params:
        # Without the energy models and the size of jobs: neither changes what is collected.
        config=RUN.model_dump(mode="json", exclude={"energy_models", "images_per_job"}),
        failures=describe(FAILURES),
    script:
        "../scripts/collect.py"
