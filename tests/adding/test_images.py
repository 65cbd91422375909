import shutil

import numpy as np
import pytest
from PIL import Image

from spikebench.adding.images import find_images
from spikebench.data.images import pixel_sha256
from spikebench.errors import BenchError


def test_every_image_is_described_and_the_rest_is_named(brought):
    found, passed_over = find_images(brought)
    assert passed_over == ["readme.txt"]
    assert [image.entry.member for image in found] == ["a 2.png", "a 10.png", "more/b.PPM"]
    assert [image.entry.name for image in found] == ["a_2", "a_10", "more_b"]
    assert [(image.height, image.width, image.grey) for image in found] == [
        (24, 20, True),
        (20, 30, False),
        (21, 22, False),
    ]
    for image in found:
        with Image.open(brought / image.entry.path) as opened:
            assert image.entry.pixels == pixel_sha256(np.asarray(opened))


def test_every_image_that_cannot_be_read_is_named(brought):
    (brought / "cut.png").write_bytes((brought / "a 10.png").read_bytes()[:-30])
    Image.new("I;16", (20, 20)).save(brought / "deep.png")
    Image.new("P", (20, 20)).save(brought / "old.gif")
    with pytest.raises(BenchError) as found:
        find_images(brought)
    *lines, last = str(found.value).splitlines()
    assert [
        name for name in ("cut", "deep", "old") if any(f"{name}." in line for line in lines)
    ] == [
        "cut",
        "deep",
        "old",
    ]
    assert last == "3 of 6 images cannot be used; nothing was written."


def test_two_files_of_the_same_pixels_are_named(brought):
    with Image.open(brought / "a 2.png") as image:
        image.save(brought / "copy.bmp")
    with pytest.raises(BenchError, match=r"My Photos: a 2\.png, copy\.bmp have the same pixels"):
        find_images(brought)


def test_two_files_that_would_have_one_name_are_named(brought):
    shutil.copy(brought / "a 10.png", brought / "a_2.png")
    with pytest.raises(BenchError, match=r"a 2\.png, a_2\.png would have one name"):
        find_images(brought)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: None, "There is no folder"),
        (lambda folder: folder.write_text(""), "There is no folder"),
        (lambda folder: folder.mkdir(), "holds no image, only nothing"),
    ],
)
def test_a_folder_without_images_is_refused(tmp_path, make, message):
    make(tmp_path / "folder")
    with pytest.raises(BenchError, match=message):
        find_images(tmp_path / "folder")


def test_a_name_that_is_no_text_is_refused(brought):
    shutil.copy(brought / "a 2.png", brought / "b\udcff.png")
    with pytest.raises(BenchError, match=r"'b\\udcff\.png' cannot be written down"):
        find_images(brought)
