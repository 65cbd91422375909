rule leaderboard:
    input:
        images="results/<run>/images.parquet",
        energy="results/<run>/energy.parquet",
        sources=sources("leaderboard"),
    output:
        "results/<run>/leaderboard.parquet",
    log:
        "logs/<run>/leaderboard.log",
    script:
        "../scripts/leaderboard.py"
