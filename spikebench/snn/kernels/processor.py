"""Which processor computes: one of another kind adds in another order, and rounds otherwise."""

import platform
from functools import cache
from pathlib import Path

import torch

CPUINFO = Path("/proc/cpuinfo")  # of Linux
UNKNOWN = "unknown"


@cache
def processor(cpuinfo: Path = CPUINFO) -> str:
    """Return what decides how sums are rounded here, such as "AMD EPYC 9R14 (25-17), AVX512".

    The name, family and model of the processor, and the widest instructions PyTorch uses on it.
    """
    capability = torch.backends.cpu.get_cpu_capability()
    return f"{_kind(cpuinfo)}, {capability}"


def _kind(cpuinfo: Path) -> str:
    if not cpuinfo.is_file():
        return platform.processor() or platform.machine()
    # Cores are told one after the other, and those of a machine are alike: the first will do.
    first = cpuinfo.read_text(encoding="utf-8").split("\n\n", 1)[0]
    told = dict(  # type: ignore[var-annotated]  # mypy sees no pair in what split gives
        map(str.strip, line.split(":", 1))  # type: ignore[arg-type]
        for line in first.splitlines()
        if ":" in line
    )
    if "model name" not in told:  # such as on ARM
        return platform.machine()
    of_maker = "-".join(told.get(key, UNKNOWN) for key in ("cpu family", "model"))
    return f"{told['model name']} ({of_maker})"
