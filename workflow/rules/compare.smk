rule compare:
    input:
        images="results/<run>/images.parquet",
        leaderboard="results/<run>/leaderboard.parquet",
        sources=sources("compare"),
    output:
        comparisons="results/<run>/comparisons.parquet",
        curves="results/<run>/curves.parquet",
        standings="results/<run>/standings.parquet",
    log:
        "logs/<run>/compare.log",
    params:
        timesteps=RUN.timesteps,
        rows=list(RUN.methods),
        reference_row=REFERENCE_ROW,
    script:
        "../scripts/compare.py"
