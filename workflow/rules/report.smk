rule report:
    input:
        tables=[paths.table("<run>", name) for name in REPORTED],
        trust=trust_table,
        sources=paths.stage_sources(Stage.REPORT),
    output:
        page=paths.page("<run>"),
        pictures=paths.report("<run>") / "images.html",
        explore=paths.report("<run>") / "explore.html",
        compare=paths.report("<run>") / "compare.html",
        methods=directory(paths.report("<run>") / "methods"),
        backbones=directory(paths.report("<run>") / "backbones"),
        whole=touch(page_whole("<run>")),
    log:
        paths.log("report", run="<run>"),
    script:
        "../scripts/report.py"
