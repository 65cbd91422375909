"""The processor is named as its operating system names it, with the instructions that are used."""

import platform
import subprocess
import sys

import pytest
import torch

from spikebench.snn.kernels.processor import CPUINFO, processor

CORE = """processor	: {core}
vendor_id	: AuthenticAMD
cpu family	: 25
model		: 17
model name	: AMD EPYC 9R14: 96-Core
flags		: fpu avx512f

"""


@pytest.fixture
def cpuinfo(tmp_path):
    """A file as Linux has it, with the text given."""

    def write(text):
        file = tmp_path / "cpuinfo"
        file.write_text(text)
        return file

    return write


def test_its_name_has_family_model_and_instructions(cpuinfo):
    found = processor(cpuinfo(CORE.format(core=0) + CORE.format(core=1)))
    widest = torch.backends.cpu.get_cpu_capability()
    assert found == f"AMD EPYC 9R14: 96-Core (25-17), {widest}"


def test_family_and_model_that_are_not_told_are_unknown(cpuinfo):
    text = "processor\t: 0\nmodel name\t: A chip\nbogomips\t:\nend\n"
    assert processor(cpuinfo(text)).startswith("A chip (unknown-unknown), ")


def test_without_a_name_it_is_the_machine(cpuinfo):
    assert processor(cpuinfo("processor\t: 0\nCPU part\t: 0xd40\n")).startswith(platform.machine())


def test_outside_linux_the_library_is_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(platform, "processor", lambda: "i386")
    assert processor(tmp_path / "none").startswith("i386, ")


@pytest.mark.skipif(not CPUINFO.is_file(), reason="there is no /proc/cpuinfo")
def test_narrower_instructions_are_another_processor():
    command = "from spikebench.snn.kernels.processor import processor; print(processor())"
    run = [sys.executable, "-c", command]
    environment = {"ATEN_CPU_CAPABILITY": "default", "PYTHONPATH": "."}
    found = subprocess.run(run, env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip().endswith(", DEFAULT")
