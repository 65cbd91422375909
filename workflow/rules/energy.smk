rule energy:
    input:
        images="results/<run>/images.parquet",
        layers="results/<run>/layers.parquet",
        models=own_energy_models,
        sources=sources("energy"),
    output:
        energy="results/<run>/energy.parquet",
        models="results/<run>/energy_models.parquet",
    log:
        "logs/<run>/energy.log",
    params:
        models=RUN.energy_models,
    script:
        "../scripts/energy.py"
