rule report:
    input:
        tables=collect("results/<run>/{table}.parquet", table=REPORTED),
        trust=trust_table,
        sources=sources("report"),
    output:
        page="reports/<run>/index.html",
        pictures="reports/<run>/images.html",
        explore="reports/<run>/explore.html",
        methods=directory("reports/<run>/methods"),
        backbones=directory("reports/<run>/backbones"),
    log:
        "logs/<run>/report.log",
    script:
        "../scripts/report.py"
