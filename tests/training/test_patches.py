import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.data.degrade import compress
from spikebench.errors import BenchError
from spikebench.task import Task
from spikebench.training.patches import Pair, Patches

DENOISE = Task(kind="denoise", channels="grey", sigma=25, protocol="grey_float")
DERAIN = Task(kind="derain", channels="rgb", protocol="y_of_rgb_float")
JPEG = Task(kind="jpeg", channels="y", quality=10, protocol="y_uint8")
ENLARGE = Task(kind="super_resolution", channels="y", scale=2, protocol="y_float")


def coordinates(height: int, width: int) -> torch.Tensor:
    """An image (1, height, width) in which every pixel has a value of its own."""
    return torch.arange(height * width, dtype=torch.float32).reshape(1, height, width)


@given(seed=st.integers(0, 2**40), step=st.integers(0, 2**40))
def test_patches_of_a_pair_stay_aligned(recipe, seed, step):
    small = coordinates(9, 7)
    large = small.repeat_interleave(2, -1).repeat_interleave(2, -2)
    drawn = Patches([Pair(small, large)], ENLARGE, recipe(seed=seed, patch=5, batch=4)).batch(step)
    assert (drawn[0].shape, drawn[1].shape) == ((4, 1, 5, 5), (4, 1, 10, 10))
    assert torch.equal(drawn[0], drawn[1][..., ::2, ::2])


def test_a_patch_may_be_the_whole_image_in_any_of_eight_positions(recipe):
    image = coordinates(6, 6)
    sampler = Patches(
        [Pair(image, image)], ENLARGE.model_copy(update={"scale": 1}), recipe(patch=6, batch=200)
    )
    degraded, _ = sampler.batch(0)
    assert len({tuple(patch.flatten().tolist()) for patch in degraded}) == 8
    assert torch.equal(degraded.flatten(1).sort().values, image.flatten().expand(200, -1))


def test_every_image_and_every_corner_is_reached(recipe):
    images = [coordinates(8, 8) + 100 * index for index in range(3)]
    sampler = Patches([Pair(i, i) for i in images], DENOISE, recipe(patch=6, batch=500))
    _, target = sampler.batch(0)
    for image in images:
        for corner in (image[0, 0, 0], image[0, 0, -1], image[0, -1, 0], image[0, -1, -1]):
            assert (target == corner).any()


def test_noise_has_the_deviation_of_the_task_and_is_not_clipped(recipe):
    flat = torch.zeros(1, 40, 40)
    degraded, target = Patches([Pair(flat, flat)], DENOISE, recipe(patch=40, batch=16)).batch(0)
    assert not target.any()
    count = degraded.numel()
    assert degraded.std().item() == pytest.approx(25 / 255, rel=5 / math.sqrt(2 * count))
    assert degraded.mean().item() == pytest.approx(0, abs=5 * 25 / 255 / math.sqrt(count))


def test_rain_is_new_in_every_patch_and_target_stays_clean(recipe):
    flat = torch.full((3, 40, 40), 0.2)
    degraded, target = Patches([Pair(flat, flat)], DERAIN, recipe(patch=40, batch=8)).batch(0)
    assert torch.equal(target, torch.full_like(target, 0.2))
    assert (degraded >= target - 1 / 255).all() and degraded.amax(dim=(1, 2, 3)).min() > 0.21
    assert len({tuple(patch.flatten().tolist()) for patch in degraded}) == 8


def test_every_patch_is_compressed_by_itself(recipe):
    image = coordinates(24, 24) % 256 / 255
    degraded, target = Patches([Pair(image, image)], JPEG, recipe(patch=16, batch=4)).batch(0)
    for before, after in zip(target, degraded, strict=True):
        assert torch.equal(after, compress(before, 10)) and not torch.equal(after, before)


def test_an_enlarged_input_is_as_large_as_its_target(recipe):
    image = coordinates(12, 12)
    task = ENLARGE.model_copy(update={"enlarged": True})
    degraded, target = Patches([Pair(image, image)], task, recipe(patch=8, batch=4)).batch(0)
    assert torch.equal(degraded, target)


def test_a_batch_depends_on_seed_and_step_alone(recipe):
    image = coordinates(12, 12)
    pairs = [Pair(image, image)]
    first = Patches(pairs, DENOISE, recipe())
    first.batch(3)
    expected = first.batch(7)[0]
    assert torch.equal(expected, Patches(pairs, DENOISE, recipe()).batch(7)[0])
    assert not torch.equal(expected, first.batch(8)[0])
    assert not torch.equal(expected, Patches(pairs, DENOISE, recipe(seed=1)).batch(7)[0])


def test_an_image_smaller_than_a_patch_is_refused(recipe):
    pairs = [Pair(image, image) for image in (coordinates(9, 9), coordinates(9, 7))]
    with pytest.raises(BenchError, match=r"image of 7 pixels a side.* patches of 8"):
        Patches(pairs, DENOISE, recipe(patch=8))
