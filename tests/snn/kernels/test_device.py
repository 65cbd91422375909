"""Which device a configuration means, and what is set there."""

import pytest
import torch

from spikebench.errors import BenchError
from spikebench.snn.kernels.device import CPU, chosen, described
from spikebench.snn.kernels.processor import processor

SET = (
    (torch.backends.cuda.matmul, "allow_tf32"),
    (torch.backends.cudnn, "allow_tf32"),
    (torch.backends.cudnn, "benchmark"),
    (torch.utils.deterministic, "fill_uninitialized_memory"),
)


@pytest.fixture
def no_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.fixture
def a_gpu(monkeypatch):
    """A GPU, as far as one can ask; what is set for it is undone."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "A card")
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    before = [(place, name, getattr(place, name)) for place, name in SET]
    for place, name in SET:
        setattr(place, name, True)
    yield
    torch.use_deterministic_algorithms(False)
    for place, name, value in before:
        setattr(place, name, value)


@pytest.mark.parametrize("name", ["cpu", "auto"])
def test_without_a_gpu_it_is_the_cpu(name, no_gpu):
    assert chosen(name) == CPU
    assert described(chosen(name)) == f"cpu: {processor()}"
    assert not torch.are_deterministic_algorithms_enabled()


def test_a_gpu_that_is_not_there_is_one_sentence(no_gpu):
    with pytest.raises(BenchError, match=r"`device: cuda` asks for a GPU.* write `device: cpu`"):
        chosen("cuda")


def test_the_cpu_stays_the_cpu_beside_a_gpu(a_gpu):
    assert chosen("cpu") == CPU
    assert torch.backends.cudnn.allow_tf32


@pytest.mark.parametrize("name", ["cuda", "auto"])
@pytest.mark.parametrize("strict", [True, False])
def test_a_gpu_is_told_to_be_exact_and_to_repeat_itself(name, strict, a_gpu):
    device = chosen(name, strict=strict)
    assert device == torch.device("cuda", 0)
    assert described(device) == "cuda: A card"
    assert torch.are_deterministic_algorithms_enabled()
    assert torch.is_deterministic_algorithms_warn_only_enabled() is not strict
    assert not any(getattr(place, name) for place, name in SET)
