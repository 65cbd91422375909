rule energy:
    input:
        images=paths.table("<run>", "images"),
        layers=paths.table("<run>", "layers"),
        models=own_energy_models,
        sources=paths.stage_sources(Stage.ENERGY),
    output:
        energy=paths.table("<run>", "energy"),
        models=paths.table("<run>", "energy_models"),
    log:
        paths.log("energy", run="<run>"),
    params:
        models=RUN.energy_models,
    script:
        "../scripts/energy.py"
