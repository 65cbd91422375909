rule leaderboard:
    input:
        images=paths.table("<run>", "images"),
        layers=paths.table("<run>", "layers"),
        energy=paths.table("<run>", "energy"),
        checked=paths.numbers_checked("<run>"),
        sources=paths.stage_sources(Stage.LEADERBOARD),
    output:
        leaderboard=paths.table("<run>", "leaderboard"),
        prices=paths.table("<run>", "prices"),
    log:
        paths.log("leaderboard", run="<run>"),
    script:
        "../scripts/leaderboard.py"
