# What papers take from a run.
rule tables:
    input:
        tables=collect("results/<run>/{table}.parquet", table=REPORTED),
        trust=trust_table,
        references="docs/references.bib",
        sources=sources("report"),
    output:
        directory("reports/<run>/tables"),
    log:
        "logs/<run>/tables.log",
    script:
        "../scripts/tables.py"


rule figures:
    input:
        tables=collect("results/<run>/{table}.parquet", table=REPORTED),
        sources=sources("report"),
    output:
        directory("reports/<run>/figures"),
    log:
        "logs/<run>/figures.log",
    script:
        "../scripts/figures.py"
