rule report:
    input:
        tables=collect(
            "results/<run>/{table}.parquet",
            table=["images", "layers", "pictures", "methods", "run", "energy", "leaderboard"],
        ),
        sources=sources("report"),
    output:
        "reports/<run>/index.html",
    log:
        "logs/<run>/report.log",
    script:
        "../scripts/report.py"
