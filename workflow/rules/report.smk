rule report:
    input:
        tables=collect(
            "results/<run>/{table}.parquet",
            table=["images", "pictures", "methods", "run", "leaderboard"],
        ),
        trust=trust_table,
        sources=sources("report"),
    output:
        page="reports/<run>/index.html",
        csv="reports/<run>/tables/leaderboard.csv",
        markdown="reports/<run>/tables/leaderboard.md",
    log:
        "logs/<run>/report.log",
    script:
        "../scripts/report.py"
