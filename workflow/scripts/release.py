"""Freeze the run into a folder of reports/release/ that can be cited."""

from pathlib import Path

from spikebench.release import freeze
from spikebench.run.logs import logged
from spikebench.run.paths import RELEASES

with logged(snakemake.log[0]):
    folder = freeze(
        Path(snakemake.input.tables[0]).parent,
        Path(snakemake.input.page).parent,
        RELEASES,
        trust=Path(snakemake.input.trust[0]) if snakemake.input.trust else None,
    )
print(f"The release is {folder}. Check it with: spikebench verify {folder}")
