"""The page before the run is finished: after the first pair, renewed, gone once all is there."""

import shutil
from pathlib import Path

from spikebench.run.progress.places import page_whole, pair_finished, so_far
from tests.chaos.chaos import Chaos
from tests.chaos.stand_ins import identify, stand_in_checkout
from tests.miniature import run_config
from tests.workflow.checkout import REPOSITORY, configure, copy_checkout, snakemake

NETS = ("espcn_tiny_x2", "dncnn_tiny_s25")
CONFIG = {
    "run": "small",
    "timesteps": [1],
    "calibration": {
        "patches": 2,
        "size": 24,
        "datasets": {"super_resolution": "embedded_train", "denoise": "embedded_train"},
    },
    "benchmarks": [{"datasets": ["embedded"], "backbones": list(NETS), "images": 1}],
    "methods": {"ann": {}, "max_norm": {}},
}
MARKS = {net: str(pair_finished("small", "embedded", net)) for net in NETS}
PAGES = Path("reports/small")
UNFINISHED = "This run is not finished"


def shown(root: Path) -> str:
    return (root / PAGES / "index.html").read_text(encoding="utf-8")


def boards(page: str) -> set[str]:
    """Return the networks that a page offers."""
    return {net for net in NETS if f'<option value="{net}"' in page}


def test_the_page_grows_with_the_pairs_until_it_is_that_of_the_run(tmp_path):
    """The first mark is asked for by name, so that the run stands still after its pair."""
    root = copy_checkout(tmp_path / "checkout")
    configure(root, CONFIG)
    first = snakemake(root, MARKS[NETS[0]])
    assert first.returncode == 0, first.stderr
    page = shown(root)
    assert UNFINISHED in page and "1 of its 2 pairs" in page and "2 of 4 cells are done" in page
    assert boards(page) == set(NETS[:1])
    assert not list((root / "results/small").glob("*.parquet"))
    other = (root / PAGES / "methods/max_norm.html").read_text(encoding="utf-8")
    assert UNFINISHED in other
    assert (root / PAGES / "tables/leaderboard.csv").is_file()

    done = snakemake(root, "all")
    assert done.returncode == 0, done.stderr
    assert "rule evaluate:" in done.stderr and done.stderr.count("rule evaluate:") == 2
    page = shown(root)
    assert UNFINISHED not in page and boards(page) == set(NETS)
    assert not (root / so_far("small")).exists()
    assert (root / page_whole("small")).is_file()
    assert "Damaged" not in done.stderr
    assert "Nothing to be done" in snakemake(root, "all").stderr


def test_a_page_that_cannot_be_made_stops_nothing_and_its_log_says_why(tmp_path):
    """Of shards that are no tables: the page of the run is made, which here reads none."""
    run = Chaos(stand_in_checkout(tmp_path / "checkout"), "my.yaml", identify)
    shutil.copy(REPOSITORY / "workflow/scripts/so_far.py", run.root / "workflow/scripts")
    pairs = [{"datasets": ["small", "smaller"], "backbones": ["upscaler"]}]
    configure(run.root, run_config(benchmarks=pairs))
    status, said = run.run(str(pair_finished("mini", "small", "upscaler")))
    assert status == 0, said
    log = run.root / "logs/mini/so_far/small/upscaler.log"
    assert "images.parquet is damaged" in log.read_text()
    assert log.read_text().endswith("The page is not renewed.\n")
    assert not (run.root / "reports/mini/index.html").exists()
    run.whole()
    assert (run.root / "reports/mini/index.html").is_file()
