# The ANNs on whole test sets, beside the numbers they are known for.
rule verify_backbones:
    input:
        table=paths.TRUST,
        sources=paths.stage_sources(Stage.VERIFY_BACKBONES),
    output:
        paths.TRUST_PAGE,
    log:
        paths.log("verify_backbones"),
    script:
        "../scripts/verify_backbones.py"


rule trust_table:
    input:
        verified=verified_scores,
        manifests=list(map(catalogue.backbone_file, catalogue.backbone_names())),
        sources=paths.stage_sources(Stage.TRUST_TABLE),
    output:
        paths.TRUST,
    log:
        paths.log("trust_table"),
    script:
        "../scripts/trust_table.py"


rule verify_backbone:
    input:
        backbone=backbone_inputs,
        weights=paths.weights("{backbone}"),
        dataset=paths.dataset("{dataset}"),
        sources=paths.stage_sources(Stage.VERIFY_BACKBONE),
    output:
        paths.verified("{backbone}", "{dataset}"),
    log:
        paths.log("verify_backbone", "{backbone}/{dataset}"),
    threads: 1
    script:
        "../scripts/verify_backbone.py"
