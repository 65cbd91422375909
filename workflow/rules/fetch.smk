rule fetch_dataset:
    input:
        dataset_files,
    output:
        directory(paths.dataset("{dataset}")),
    log:
        paths.log("fetch_dataset", "{dataset}"),
    priority: AT_ONCE
    localrule: True  # nodes of a cluster often have no network
    params:
        provided=provided_source,
        images=wanted_images,
    script:
        "../scripts/fetch_dataset.py"


# Runs only when asked for by name: the set-up brings AlexNet, and these are the other source.
rule fetch_lpips:
    input:
        [str(trunk_path(trunk)) for trunk in TRUNKS],
    localrule: True


for trunk in TRUNKS:

    rule:
        name:
            f"fetch_lpips_{trunk}"
        output:
            str(trunk_path(trunk)),
        log:
            paths.log("fetch_lpips", trunk),
        params:
            trunk=trunk,
        script:
            "../scripts/fetch_lpips.py"
