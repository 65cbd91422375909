import math

import pytest
import torch

from spikebench.errors import BenchError
from spikebench.task import Task
from spikebench.training.finetune.heldout import psnr, split
from spikebench.training.patches import Pair

DENOISE = Task(kind="denoise", channels="grey", sigma=25, protocol="grey_float")
ENLARGE = Task(kind="super_resolution", channels="y", scale=2, protocol="y_float")


def pairs(count: int, scale: int = 1) -> list[Pair]:
    return [
        Pair(torch.full((1, 10, 12), i / 10), torch.full((1, 10 * scale, 12 * scale), i / 10))
        for i in range(count)
    ]


def test_what_is_held_out_is_not_trained_on(recipe):
    kept, held_out = split(pairs(7), DENOISE, recipe(held_out=3))
    trained = {pair.target[0, 0, 0].item() for pair in kept}
    judged = set(held_out.target[:, 0, 0, 0].tolist())
    assert len(trained) == 4
    assert len(judged) == 3
    assert not trained & judged


def test_crops_of_both_sizes_show_the_same_and_noise_is_fixed(recipe):
    _, held_out = split(pairs(4, scale=2), ENLARGE, recipe(held_out=2))
    assert held_out.degraded.shape == (2, 1, 8, 8)
    assert held_out.target.shape == (2, 1, 16, 16)
    first, second = (split(pairs(4), DENOISE, recipe())[1].degraded for _ in range(2))
    assert torch.equal(first, second)
    assert 15 < 255 * first.std() < 35


def test_nothing_to_train_on_is_refused(recipe):
    with pytest.raises(BenchError, match=r"holds 1 images, of which 1 are held out: none is left"):
        split(pairs(1), DENOISE, recipe())


def test_an_image_below_the_size_of_a_crop_is_refused(recipe):
    with pytest.raises(BenchError, match=r"10 x 12 pixels, too small for crops of 11"):
        split(pairs(3), DENOISE, recipe(held_out_size=11))


def test_psnr_is_the_mean_over_images_of_the_clipped_output():
    target = torch.zeros(2, 1, 4, 4)
    output = torch.stack([torch.full((1, 4, 4), 0.1), torch.full((1, 4, 4), 2.0)])
    assert psnr(output, target) == pytest.approx((-10 * math.log10(0.01) + 0) / 2, abs=1e-4)
