"""Which images are refused before anything is restored, against where scikit-image gives up."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import structural_similarity

from spikebench.data.registry import DatasetSpec
from spikebench.errors import BenchError
from spikebench.metrics.smallest import refuse_small_images
from spikebench.task import Task

GREY = Task(kind="denoise", channels="grey", protocol="grey_float", sigma=25)
DOUBLE = Task(kind="super_resolution", channels="y", protocol="y_float", scale=2)


@pytest.fixture
def test_set(tmp_path):
    """Write grey images of some sides as the clean images of a set."""

    def write(**shapes: tuple[int, int]) -> tuple[DatasetSpec, Path]:
        (tmp_path / "target").mkdir()
        for name, shape in shapes.items():
            Image.fromarray(np.zeros(shape, np.uint8)).save(tmp_path / f"target/{name}.png")
        files = [{"name": name, "role": "target", "member": f"{name}.png"} for name in shapes]
        keys = {"name": "mine", "title": "Mine", "role": "test", "files": files, "sides": [1, 99]}
        keys |= {"tasks": ["denoise", "super_resolution"], "licence": "none", "citation": "none"}
        return DatasetSpec.model_validate(keys | {"images": len(shapes)}), tmp_path

    return write


def has_ssim(side: int) -> bool:
    """Tell whether scikit-image gives SSIM's Gaussian window a place in a square image."""
    try:
        structural_similarity(
            *np.zeros((2, side, side)), data_range=1.0, gaussian_weights=True, sigma=1.5
        )
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("side", range(9, 18))
@pytest.mark.parametrize(("task", "left_out"), [(GREY, 0), (DOUBLE, 4)])
def test_an_image_is_refused_where_ssim_is_undefined(test_set, task, left_out, side):
    spec, folder = test_set(a=(side, 40))
    whole = side - side % (task.scale or 1)
    if has_ssim(whole - left_out):
        refuse_small_images(spec, folder, task, [task.protocol])
        return
    with pytest.raises(BenchError, match=rf"a\.png \(40 x {whole}\)"):
        refuse_small_images(spec, folder, task, [task.protocol])


def test_all_small_images_are_named_with_the_least_size_and_no_others(test_set):
    spec, folder = test_set(a=(40, 40), b=(14, 40), c=(40, 10))
    with pytest.raises(BenchError) as caught:
        refuse_small_images(spec, folder, DOUBLE, ["y_float"])
    assert str(caught.value) == (
        "'mine' has images that are too small for SSIM under y_float, which needs 15 pixels a side "
        f"(a window of 11, and a border of 2): {folder / 'target/b.png'} (40 x 14), "
        f"{folder / 'target/c.png'} (10 x 40). Take them out of the set, or choose others with "
        "`images`."
    )
    refuse_small_images(spec, folder, DOUBLE, ["y_float"], ["a"])


def test_the_list_of_small_images_is_cut(test_set):
    spec, folder = test_set(**{name: (9, 9) for name in "abcdefg"})
    with pytest.raises(BenchError, match=r"e\.png \(9 x 9\), \.\.\. Take"):
        refuse_small_images(spec, folder, GREY, ["grey_float"])
