# Nothing is ranked or shown of a run that holds a number that cannot be.
rule check_numbers:
    input:
        images=paths.table("<run>", "images"),
        layers=paths.table("<run>", "layers"),
        energy=paths.table("<run>", "energy"),
        methods=paths.table("<run>", "methods"),
        sources=paths.stage_sources(Stage.CHECK_NUMBERS),
    output:
        touch(paths.numbers_checked("<run>")),
    log:
        paths.log("check_numbers", run="<run>"),
    script:
        "../scripts/check_numbers.py"
