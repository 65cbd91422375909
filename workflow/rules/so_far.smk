# The page of the pairs (data set, backbone) that are finished, in place of that of the whole run until
# `report` makes it. One job a pair, which runs when the last shard of the pair is there; the others
# of a run that is begun anew run at its start. It never fails: see `stages.so_far`. Its mark is
# deleted once the run is collected. It has the configuration from `snakemake.config`: as a parameter,
# another energy model would collect the run again.
rule so_far:
    input:
        lambda wildcards: [
            paths.shard(RUN.run, cell, name)
            for cell in pair_of(wildcards)
            for name in paths.SHARDS
        ],
    output:
        temp(pair_finished("<run>", "{dataset}", "{backbone}")),
    log:
        paths.log("so_far", "{dataset}/{backbone}", run="<run>"),
    priority: AT_ONCE
    localrule: True
    script:
        "../scripts/so_far.py"
