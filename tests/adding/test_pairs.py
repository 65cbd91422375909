import pytest
from PIL import Image

from spikebench.adding.images import find_images
from spikebench.adding.pairs import refuse_tasks, with_factor
from spikebench.errors import BenchError


@pytest.mark.parametrize("factor", [1, 3])
def test_pairs_are_found_by_their_folders_and_their_factor_by_their_sides(pairs, factor):
    folder = pairs("mine", 0, factor)
    Image.new("RGB", (8, 8)).save(folder / "preview.png")
    found, passed_over = find_images(folder)
    assert passed_over == ["preview.png"]
    scale = None if factor == 1 else factor
    entries = [image.entry for image in with_factor(found, folder)]
    assert [(e.role, e.name, e.scale) for e in entries] == [
        (role, name, scale) for role in ("degraded", "target") for name in "ab"
    ]
    assert [bool(e.pixels) for e in entries] == [False, False, True, True]


def test_one_of_the_folders_alone_is_a_folder_like_any_other(pairs):
    folder = pairs("mine", 0)
    (folder / "input").rename(folder / "inputs")
    found, _ = find_images(folder)
    assert {image.entry.role for image in found} == {"target"}
    assert [image.entry.name for image in found] == ["inputs_a", "inputs_b", "target_a", "target_b"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: (f / "input/a.png").unlink(), r"1 clean images have no .*: target/a\.png"),
        (lambda f: (f / "target/b.png").unlink(), r"1 degraded files have no .*: input/b\.png"),
        (
            lambda f: Image.new("RGB", (28, 23)).save(f / "input/b.png"),
            r"not as large as .*: input/b\.png has 28 x 23 pixels, target/b\.png 28 x 24",
        ),
        (
            lambda f: Image.new("RGB", (14, 12)).save(f / "input/a.png"),
            r"not 2 times as large as .*: input/b\.png has 28 x 24 pixels",
        ),
    ],
)
def test_images_without_their_partner_are_named(pairs, change, message):
    folder = pairs("mine", 0)
    change(folder)
    found, _ = find_images(folder)
    with pytest.raises(BenchError, match=message):
        with_factor(found, folder)


@pytest.mark.parametrize(
    ("factor", "tasks", "message"),
    [
        (1, [], "say what its inputs need: --task deblur, or another name of yours, or derain[.]"),
        (2, [], "or derain, or super_resolution"),
        (1, ["deblur", "denoise"], "denoise would not use them"),
        (2, ["jpeg"], "jpeg would not use them"),
        (1, ["super_resolution"], "as large as its clean images"),
    ],
)
def test_a_task_that_would_not_use_the_inputs_is_refused(pairs, factor, tasks, message):
    folder = pairs("mine", 0, factor)
    found = with_factor(find_images(folder)[0], folder)
    with pytest.raises(BenchError, match=message):
        refuse_tasks(tasks, found, folder)
    refuse_tasks(["deblur", "derain"], found, folder)


def test_a_task_that_needs_inputs_is_refused_without(brought):
    found, _ = find_images(brought)
    refuse_tasks([], found, brought)
    with pytest.raises(BenchError, match=r"inputs of deblur cannot be computed .* folder input/"):
        refuse_tasks(["denoise", "deblur"], found, brought)
