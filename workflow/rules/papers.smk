# What papers take from a run.
rule tables:
    input:
        tables=[paths.table("<run>", name) for name in REPORTED],
        trust=trust_table,
        references="docs/references.bib",
        sources=paths.stage_sources(Stage.TABLES),
    output:
        directory(paths.report("<run>") / "tables"),
    log:
        paths.log("tables", run="<run>"),
    script:
        "../scripts/tables.py"


rule figures:
    input:
        tables=[paths.table("<run>", name) for name in REPORTED],
        sources=paths.stage_sources(Stage.FIGURES),
    output:
        directory(paths.report("<run>") / "figures"),
    log:
        paths.log("figures", run="<run>"),
    script:
        "../scripts/figures.py"
