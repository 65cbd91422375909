"""From the counts of a run to ranks and comparisons: Parquet in, Parquet out."""
