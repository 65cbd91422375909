# Nothing is ranked or shown of a run that holds a number that cannot be.
rule check_numbers:
    input:
        images="results/<run>/images.parquet",
        layers="results/<run>/layers.parquet",
        energy="results/<run>/energy.parquet",
        methods="results/<run>/methods.parquet",
        sources=sources("check_numbers"),
    output:
        touch("results/<run>/numbers_checked.txt"),
    log:
        "logs/<run>/check_numbers.log",
    script:
        "../scripts/check_numbers.py"
