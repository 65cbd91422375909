rule fetch_dataset:
    input:
        manifest="datasets/{dataset}/dataset.yaml",
        files="datasets/{dataset}/files.csv",
    output:
        directory("resources/datasets/{dataset}"),
    log:
        "logs/fetch_dataset/{dataset}.log",
    script:
        "../scripts/fetch_dataset.py"
