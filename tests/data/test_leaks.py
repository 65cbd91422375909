"""Training images among the test images."""

import pytest

from spikebench.data.leaks import refuse_leak, shared_images
from spikebench.data.registry import load_dataset
from spikebench.errors import BenchError
from tests.data.conftest import file_entry


def entries(**pixels: str | None) -> list[dict]:
    return [file_entry(name, pixels=value and value * 64) for name, value in pixels.items()]


def test_images_are_compared_by_pixels_not_by_name(spec):
    training = spec(name="train", files=entries(a="1", b="2"))
    test = spec(name="test", role="test", files=entries(x="2", a="3"))
    assert shared_images(training, test) == [("b", "x")]
    with pytest.raises(BenchError, match=r"'train', for it, holds 1 images.*'test' \(b = x\)"):
        refuse_leak(training, test, "for it")


def test_sets_without_a_common_image_pass(spec):
    training = spec(files=entries(a="1"))
    refuse_leak(training, spec(role="test", files=entries(a="2")), "for it")


def test_unknown_pixels_are_no_match(spec):
    training, test = spec(files=entries(a=None)), spec(role="test", files=entries(b=None))
    assert shared_images(training, test) == []


def test_degraded_files_do_not_count(spec):
    files = [*entries(a="1"), file_entry("a", role="degraded", pixels="2" * 64)]
    assert shared_images(spec(files=files), spec(files=entries(b="2"))) == []


def test_three_quarters_of_rain100l_are_training_images_of_bsds500():
    training, test = load_dataset("bsds500_train"), load_dataset("rain100l")
    assert len(shared_images(training, test)) == 75
    assert len({entry.pixels for entry in test.targets}) == 91
    with pytest.raises(BenchError, match="75 images of the test set 'rain100l'"):
        refuse_leak(training, test, "to train on")


@pytest.mark.parametrize(
    ("training", "tests"),
    [
        ("bsds500_test", ["rain100l", "set5", "set14", "urban100", "set12", "bsd68"]),
        ("bsds500_train", ["set5", "set14", "urban100"]),
        ("train400", ["set12", "bsd68"]),
        ("embedded_train", ["embedded"]),
    ],
)
def test_the_training_sets_in_use_are_clean(training, tests):
    for test in tests:
        refuse_leak(load_dataset(training), load_dataset(test), "to train on")
