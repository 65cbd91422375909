"""The script for a lent machine: it runs to its end where it can, and says why where it cannot."""

import json

import pytest
import torch

from benchmarks import device, on_device
from benchmarks.device import BROKEN, HOLDS, LACKING, NO_GPU, Clock, main, measured, verdict
from tests.impostor import device as impostor
from tests.impostor import lent

GOOD = {"psnr_difference": 1e-4, "synops_difference": 1e-5}


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(on_device, "METHODS", ("percentile_norm", "ttfs"))
    monkeypatch.setattr(on_device, "LARGE", {"depth": 3, "width": 8})
    monkeypatch.setattr(on_device, "ROUNDS", 1)
    return ["--rehearse", "--side", "16", "--steps", "4", "--seconds", "60"]


def test_without_a_gpu_nothing_is_measured(monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert main([]) == NO_GPU
    assert capsys.readouterr().out == "no GPU: nothing measured\n"


def test_what_is_missing_is_named_with_how_to_bring_it(monkeypatch, capsys, tmp_path):
    find = device.importlib.util.find_spec
    monkeypatch.setattr(
        device.importlib.util, "find_spec", lambda name: None if name == "pydantic" else find(name)
    )
    assert main(["--packages", str(tmp_path)]) == LACKING
    said = json.loads(capsys.readouterr().out)
    assert said["missing"] == ["pydantic"]
    assert f"--target {tmp_path} " in said["bring"] and said["bring"].endswith(" pydantic")


def test_a_rehearsal_measures_all_parts_into_one_json(small, capsys):
    assert main(small) == HOLDS
    found = json.loads(capsys.readouterr().out)
    assert found["device"].startswith("cpu: ")
    assert (found["rehearsal"], found["skipped"]) == (True, [])
    assert len(found["parity"]) == 4 and all(cell["spikes"] > 0 for cell in found["parity"])
    assert all(cell["psnr_difference"] == 0 for cell in found["parity"])
    assert found["holds"]["repeats itself"]
    assert found["speed"]["plain_torch_over_ours"] > 0
    assert found["cells"]["measured"] == 4


def test_it_measures_on_the_device_that_it_is_given(small, monkeypatch):
    monkeypatch.setattr(on_device, "METHODS", ("percentile_norm",))
    work = on_device.Measurements(impostor(), 16, 4, Clock(60))
    assert len(list(work._in_time())) == 2  # converted before: through the device's eyes it is slow
    with lent():
        (first, *_) = work.parity()
        assert set(work.determinism().values()) == {True}
    assert first["psnr_difference"] <= 1e-3 and first["synops_difference"] <= 1e-4


def test_plain_pytorch_does_the_same_work():
    module = on_device.construct(on_device.Path("backbones/dncnn.py"), {"depth": 3, "width": 8})
    image = on_device.degraded(on_device.picture(24), 1)
    method = on_device.load_method(on_device.Path("methods/max_norm.py"))
    network = method.apply(module, image, (4,)).to(torch.float64)
    (expected,) = on_device.simulate(network, image.double(), [4])
    thetas = [network.neurons[site.name].theta for site in network.sites]
    with torch.no_grad():
        noise = on_device.plain_torch(module.double().model, thetas, image.double(), 4)
    torch.testing.assert_close(image.double() - noise, expected.output)
    assert expected.spikes > 0


def test_a_part_that_fails_or_comes_too_late_is_named_and_the_others_stay():
    def fails() -> None:
        raise RuntimeError("out of order")

    found: dict = {}
    parts = {"first": lambda: 1, "second": fails, "third": lambda: 3}
    assert list(measured(parts, Clock(60), found)) == ["second: RuntimeError: out of order"]
    assert found == {"first": 1, "third": 3}
    assert next(measured(parts, Clock(-1), {})) == "first: no time was left"


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({}, []),
        ({"parity": [GOOD, GOOD | {"psnr_difference": 2e-3}]}, ["psnr within 0.001 dB"]),
        ({"parity": [GOOD | {"synops_difference": 2e-4}]}, ["synops within 0.01 %"]),
        ({"determinism": {"a": True, "b": False}}, ["repeats itself"]),
        ({"speed": {"cpu_over_ours": 49.0, "spikingjelly_over_ours": 2.5}}, ["50 times our CPU"]),
        ({"speed": {"spikingjelly_over_ours": 1.9}}, ["2 times SpikingJelly"]),
    ],
)
def test_a_bound_that_does_not_hold_is_said(changes, broken):
    said = verdict({"parity": [GOOD], "determinism": {"a": True}, "speed": {}} | changes)
    assert [name for name, holds in said.items() if not holds] == broken


def test_a_broken_bound_is_the_exit_status(small, monkeypatch, capsys):
    monkeypatch.setattr(device, "verdict", lambda found: {"repeats itself": False})
    monkeypatch.setattr(on_device.Measurements, "parts", lambda work: {})
    options = device._options(small)
    options.rehearse = False
    assert device._report(options, "cpu") == BROKEN
    assert json.loads(capsys.readouterr().out)["rehearsal"] is False
