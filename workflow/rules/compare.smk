rule compare:
    input:
        images=paths.table("<run>", "images"),
        leaderboard=paths.table("<run>", "leaderboard"),
        prices=paths.table("<run>", "prices"),
        sources=paths.stage_sources(Stage.COMPARE),
    output:
        comparisons=paths.table("<run>", "comparisons"),
        curves=paths.table("<run>", "curves"),
        standings=paths.table("<run>", "standings"),
    log:
        paths.log("compare", run="<run>"),
    params:
        timesteps=RUN.timesteps,
        rows=list(RUN.methods),
        reference_row=RUN.reference_row,
    script:
        "../scripts/compare.py"
