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
    commits = results.run["git_commit"].split(" and ")
    run = results.run["run"]
    checkouts = [line for commit in commits for line in _checkout(commit)]
    if len(commits) > 1:
        checkouts = ["# merged from runs of several commits: each row at its own", *checkouts]
    return "\n".join(
        [
            *checkouts,
            f"snakemake --cores all all --configfile {run}.yaml  # the configuration below",
        ]
    )


def _checkout(commit: str) -> list[str]:
    name, *dirty = commit.split("+")
    return [f"git checkout {name}", *(["# and changes that were not committed"] if dirty else [])]
