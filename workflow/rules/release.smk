# Runs when asked for by name: the folder's name holds the table id, which only the run knows.
rule release:
    input:
        tables=collect("results/<run>/{table}.parquet", table=[*REPORTED, "energy"]),
        page="reports/<run>/index.html",
        site=["reports/<run>/tables", "reports/<run>/figures"],
        trust=trust_table,
        beside=["CITATION.cff", "LICENSE", "environment.yml", "requirements/run.lock"],
    log:
        "logs/<run>/release.log",
    localrule: True
    script:
        "../scripts/release.py"
