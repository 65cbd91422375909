"""A cell that fails stops no other: the page is made without it, and every failure is named."""

from tests.chaos.chaos import Chaos
from tests.chaos.stand_ins import identify, stand_in_checkout

SHARD = "results/mini/cells/noisy/denoiser/{}/seed0/images.parquet"


def test_the_page_is_made_without_the_cells_that_failed(tmp_path):
    run = Chaos(stand_in_checkout(tmp_path / "checkout"), "my.yaml", identify)
    method = run.root / "methods/max_norm.py"
    whole = method.read_text()
    method.write_text("# broken")
    status, said = run.run()
    assert status == 1
    for row in ("max_norm", "strict"):  # both come from this file
        log = f"logs/mini/evaluate/noisy/denoiser/{row}/seed0.log"
        command = f"snakemake --cores 1 {SHARD.format(row)} --configfile my.yaml"
        assert f"evaluate: image 3: NaN.\n  log: {log}\n  {command}" in said
        assert not (run.root / SHARD.format(row)).exists()
    assert "2 of 3 cells have no numbers" in said
    assert (run.root / "reports/mini/index.html").is_file()
    partial = identify(run.root)
    method.write_text(whole)
    assert run.whole() != partial
