"""Triton's kernels where there is no GPU: its interpreter runs them with NumPy.

Import this before anything else imports `spikebench.snn.kernels.on_gpu`.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor

from spikebench.snn.kernels.launch import Launch
from tests.impostor import OnDevice

os.environ["TRITON_INTERPRET"] = "1"  # read when the kernels are defined
from spikebench.snn.kernels import on_gpu

__all__ = ["fire_there", "on_gpu"]


def fire_there(launches: Sequence[Launch], currents: Sequence[Tensor]) -> list[Tensor] | None:
    """Do what `fire.fire` does on a GPU, for maps on the impostor; None for all others."""
    if not isinstance(currents[0], OnDevice):
        return None
    held = {id(one): _on_host(one) for one in launches}
    numbers = on_gpu.fire([held[id(one)] for one in launches], [_held(one) for one in currents])
    return None if numbers is None else [OnDevice(number) for number in numbers]


def _on_host(launch: Launch) -> Launch:
    memory = tuple(_held(value) for value in launch.memory)
    return replace(
        launch,
        v=_held(launch.v),
        theta=_held(launch.theta),
        shift=_held(launch.shift),
        memory=memory,
    )


def _held(value: Any) -> Any:
    return value.held if isinstance(value, OnDevice) else value
