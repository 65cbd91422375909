rule collect:
    input:
        images=collect(
            "results/<run>/cells/{cell.dataset}/{cell.backbone}/{cell.method}/seed{cell.seed}/images.parquet",
            cell=COLLECTED,
        ),
        layers=collect(
            "results/<run>/cells/{cell.dataset}/{cell.backbone}/{cell.method}/seed{cell.seed}/layers.parquet",
            cell=COLLECTED,
        ),
        pictures=collect(
            "results/<run>/cells/{cell.dataset}/{cell.backbone}/{cell.method}/seed{cell.seed}/pictures.parquet",
            cell=COLLECTED,
        ),
        converted=collect(
            "resources/converted/<run>/{cell.backbone}/{cell.method}/seed{cell.seed}.safetensors",
            cell=COLLECTED,
        ),
        methods=method_files,
        manifests=collect("datasets/{cell.dataset}/dataset.yaml", cell=COLLECTED),
        datasets=collect("resources/datasets/{cell.dataset}", cell=COLLECTED),
        backbones=sorted({f for cell in COLLECTED for f in catalogue.backbone_files(cell.backbone)}),
        bibliography="docs/references.bib",
        sources=sources("collect"),
    output:
        images="results/<run>/images.parquet",
        layers="results/<run>/layers.parquet",
        pictures="results/<run>/pictures.parquet",
        methods="results/<run>/methods.parquet",
        run="results/<run>/run.parquet",
    log:
        "logs/<run>/collect.log",
    params:
        # Without the energy models and the size of jobs: neither changes what is collected.
        config=RUN.model_dump(mode="json", exclude={"energy_models", "images_per_job"}),
        failures=describe(FAILURES),
    script:
        "../scripts/collect.py"
