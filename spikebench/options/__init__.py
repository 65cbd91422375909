"""Options of methods: their ranges, and how a value is checked, when a run is read and again when
a method is loaded. Nothing here imports torch, because Snakemake asks at every start."""
