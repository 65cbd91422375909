"""How to cite a run and how to repeat it."""

from spikebench.report.results import Results


def bibtex(results: Results) -> str:
    """Return a BibTeX entry that names the run's table by its id."""
    year = results.run["created"][:4]
    return "\n".join(
        [
            f"@misc{{spikingirbench_{results.table_id},",
            "  title  = {{SpikingIR Bench}: {ANN}-to-{SNN} conversion in image restoration},",
            "  author = {{The SpikingIR Bench contributors}},",
            f"  year   = {{{year}}},",
            f"  note   = {{version {results.run['version']}, run {results.run['run']}, "
            f"table {results.table_id}}}",
            "}",
        ]
    )


def command(results: Results) -> str:
    """Return the commands that repeat the run from a fresh checkout."""
    commit, *dirty = results.run["git_commit"].split("+")
    note = ["# and changes that were not committed"] if dirty else []
    run = results.run["run"]
    return "\n".join(
        [
            f"git checkout {commit}",
            *note,
            f"snakemake --cores all all --configfile {run}.yaml  # the configuration below",
        ]
    )
