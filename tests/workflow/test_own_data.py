"""docs/own-data.md, followed literally: its files are written, its commands typed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.workflow.checkout import REPOSITORY, copy_checkout, snakemake

DOCUMENT = REPOSITORY / "docs/own-data.md"
# A file is announced by its path alone in a line; what is typed is a block of sh.
STEP = re.compile(r"(?:^`([^`\n]+)`\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps() -> list[tuple[str, str, str]]:
    """Return the blocks of the document: a file's path or "", the language, the text."""
    return STEP.findall(DOCUMENT.read_text(encoding="utf-8"))


def test_every_block_is_a_file_or_is_typed():
    assert len(steps()) == 9
    for file, language, _ in steps():
        assert (language == "sh") == (not file)


def test_every_link_leads_somewhere():
    for place, _, heading in re.findall(r"\]\(([^)#]+)(#([^)]+))?\)", DOCUMENT.read_text()):
        text = (DOCUMENT.parent / place).resolve().read_text(encoding="utf-8")
        headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        named = {re.sub(r"[^a-z0-9 -]", "", line.lower()).replace(" ", "-") for line in headings}
        assert not heading or heading in named, place


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> Path:
    """A checkout in which all of it was done."""
    root = copy_checkout(tmp_path_factory.mktemp("tutorial") / "checkout")
    (root / "config").mkdir()
    others = {name: value for name, value in os.environ.items() if name != "SPIKEBENCH_MIRROR"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = others | {"PYTHONPATH": str(root), "PATH": path, "http_proxy": "localhost:9"}
    for file, language, text in steps():
        if language == "sh":
            command = ["bash", "-e", "-o", "pipefail", "-c", text]
            done = subprocess.run(
                command, cwd=root, env=environment, capture_output=True, text=True
            )
            assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
        else:
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(text)
    return root


@pytest.mark.slow
def test_the_page_has_the_rows_of_the_user(followed):
    page = (followed / "reports/mine/index.html").read_text(encoding="utf-8")
    for said in ("My method", "My method, wide", "my_net", "photos", "public domain or CC0"):
        assert said in page, said
    images = pd.read_parquet(followed / "results/mine/images.parquet")
    assert set(images["image"]) == {"astronaut_crop", "chelsea_crop", "coffee_crop"}
    assert set(images["method"]) == {"input", "ann", "my_method", "my_method_wide"}
    psnr = images.groupby(["method", "timesteps"])["psnr"].mean()
    assert psnr["ann", 0] > psnr["input", 0] + 3  # the training of the tutorial is one
    assert psnr["input", 0] < psnr["my_method", 8] < psnr["ann", 0] + 0.1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["photos", "my_net"])
def test_the_runs_that_were_written_are_ready(followed, name):
    done = snakemake(followed, "all", "--dry-run", configfile=f"config/{name}.yaml")
    assert done.returncode == 0, done.stderr
    assert "evaluate" in done.stdout
