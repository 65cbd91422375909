rule leaderboard:
    input:
        images="results/<run>/images.parquet",
        energy="results/<run>/energy.parquet",
        checked="results/<run>/numbers_checked.txt",
        sources=sources("leaderboard"),
    output:
        "results/<run>/leaderboard.parquet",
    log:
        "logs/<run>/leaderboard.log",
    script:
        "../scripts/leaderboard.py"
