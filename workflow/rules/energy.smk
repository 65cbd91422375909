rule energy:
    input:
        images="results/<run>/images.parquet",
        layers="results/<run>/layers.parquet",
        sources=sources("energy"),
    output:
        "results/<run>/energy.parquet",
    log:
        "logs/<run>/energy.log",
    params:
        models=RUN.energy_models,
    script:
        "../scripts/energy.py"
