"""Where Snakemake works outside the checkout: links to what a run reads. No rule lives here."""

import sys
from pathlib import Path

from spikebench.errors import BenchError
from spikebench.io.workfolder import link_checkout

CHECKOUT = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parents[1]

if workflow.is_main_process:
    try:
        if made := link_checkout(CHECKOUT, Path.cwd()):
            print(f"Linked {made} entries of {CHECKOUT} here, such as datasets.", file=sys.stderr)
    except BenchError as error:
        sys.exit(str(error))
