# The ANNs on whole test sets, beside the numbers they are known for.
rule verify_backbones:
    input:
        table="results/backbones.parquet",
        sources=sources("verify_backbones"),
    output:
        "reports/backbones.html",
    log:
        "logs/verify_backbones.log",
    script:
        "../scripts/verify_backbones.py"


rule trust_table:
    input:
        verified=verified_scores,
        manifests=[f"backbones/{name}.yaml" for name in catalogue.backbone_names()],
        sources=sources("trust_table"),
    output:
        "results/backbones.parquet",
    log:
        "logs/trust_table.log",
    script:
        "../scripts/trust_table.py"


rule verify_backbone:
    input:
        backbone=backbone_files,
        weights="resources/backbones/{backbone}.safetensors",
        dataset="resources/datasets/{dataset}",
        sources=sources("verify_backbone"),
    output:
        "resources/verified/{backbone}/{dataset}.parquet",
    log:
        "logs/verify/{backbone}/{dataset}.log",
    threads: 1
    script:
        "../scripts/verify_backbone.py"
