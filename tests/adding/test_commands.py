import sys

import pytest
import torch

from spikebench.cli import app


@pytest.fixture
def run(root, monkeypatch, capsys):
    """Return a function that runs a command in the checkout: status, and what it printed."""

    def start(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(root)
        monkeypatch.setattr(sys, "argv", ["spikebench", "add", *arguments])
        with pytest.raises(SystemExit) as end:
            app()
        return int(end.value.code or 0), *capsys.readouterr()

    return start


def test_a_set_and_a_backbone_are_added_by_their_commands(run, root, brought, trained, tmp_path):
    status, out, _ = run("dataset", str(brought), "--name", "mine", "--task", "denoise", "--train")
    assert status == 0
    assert out.endswith("Next: snakemake --cores 2 all --configfile config/mine.yaml\n")
    assert "role: train" in (root / "datasets/mine/dataset.yaml").read_text()
    torch.save(trained("dncnn_tiny_s25"), tmp_path / "net.pth")
    status, out, _ = run(
        *("backbone", str(tmp_path / "net.pth"), "--architecture", "dncnn", "--sigma", "25"),
        *("--option", "depth=8", "--option", "width=48"),
    )
    assert status == 0
    assert "sigma: 25}" in (root / "backbones/net.yaml").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("dataset", "absent"), "There is no folder absent."),
        (
            ("dataset", "config", "--task", "denoize"),
            "config holds no image",
        ),
        (("backbone", "a.pth", "--architecture", "dncnn"), "There is no file a.pth."),
        (
            ("backbone", "a.pth", "--architecture", "dncnn", "--option", "width"),
            "--option is 'width'. Say NAME=VALUE",
        ),
        (
            ("backbone", "a.pth", "--architecture", "dncnn", "--channels", "gray"),
            "--channels is 'gray'. Did you mean 'grey'?",
        ),
    ],
)
def test_a_mistake_is_one_line_and_status_one(run, arguments, message):
    status, out, err = run(*arguments)
    assert (status, out) == (1, "")
    assert err.startswith(message) and err.count("\n") == 1
