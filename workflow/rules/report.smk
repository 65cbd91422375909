rule report:
    input:
        tables=collect("results/<run>/{table}.parquet", table=REPORTED),
        trust=trust_table,
        sources=sources("report"),
    output:
        page="reports/<run>/index.html",
        pictures="reports/<run>/images.html",
    log:
        "logs/<run>/report.log",
    script:
        "../scripts/report.py"
