# Runs when asked for by name: the folder's name holds the table id, which only the run knows.
rule release:
    input:
        tables=[paths.table("<run>", name) for name in (*REPORTED, "energy")],
        page=paths.page("<run>"),
        whole=page_whole("<run>"),
        site=[paths.report("<run>") / part for part in ("tables", "figures")],
        trust=trust_table,
        beside=[
            "CITATION.cff",
            "LICENSE",
            "environment.yml",
            "requirements/run.lock",
            "requirements/weights.lock",
        ],
    log:
        paths.log("release", run="<run>"),
    localrule: True
    script:
        "../scripts/release.py"
