"""Kernels are compared with PyTorch; a kernel that is wrong is found."""

import sys
from types import SimpleNamespace

import pytest
import torch

from benchmarks import gpu_kernels

if sys.platform != "linux":
    pytest.skip("triton is made for Linux", allow_module_level=True)
from tests.interpreted import on_gpu

CPU = torch.device("cpu")


@pytest.mark.parametrize("name", gpu_kernels.NEURONS)
def test_each_kernel_gives_the_bits_of_pytorch(name):
    found = gpu_kernels.compared(on_gpu, name, CPU, side=6, steps=3)
    assert found["same_bits"]
    assert min(found["seconds"].values()) > 0


def test_a_kernel_that_differs_is_found():
    def one_spike_more(launches, currents):
        first, *others = on_gpu.fire(launches, currents)
        return [first + 1, *others]

    wrong = SimpleNamespace(fire=one_spike_more)
    assert not gpu_kernels.compared(wrong, "burst", CPU, side=6, steps=3)["same_bits"]
