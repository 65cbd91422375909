"""One row of a files.csv: what it may say, and what follows from it."""

import pytest
from pydantic import ValidationError

from spikebench.data.entry import Archive, FileEntry, unpaired
from tests.data.conftest import file_entry

CROP = {"name": "a", "role": "target", "photograph": "a.png", "sha256": "0" * 64, "side": 4}
MEMBER = {"name": "a", "role": "degraded", "scale": 2, "member": "X2/a.BMP"}


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (file_entry("a"), "target/a.png"),
        (
            file_entry("a", role="degraded", scale=4, url="https://x.org/b.bmp"),
            "degraded_x4/a.bmp",
        ),
        (MEMBER, "degraded_x2/a.bmp"),
        (CROP, "target/a.png"),
    ],
)
def test_a_file_name_says_role_scale_and_image(row, name):
    assert FileEntry(**row).file_name == name


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (MEMBER | {"url": "https://x.org/a.png"}, "exactly one of"),
        (MEMBER | {"member": None}, "exactly one of"),
        (MEMBER | {"side": 4}, "`side` belongs to a `photograph`"),
        (CROP | {"side": None}, "`side` belongs to a `photograph`"),
        (CROP | {"sha256": None}, "needs the `sha256` of the crop's pixels"),
        (MEMBER | {"bytes": 1}, "both `bytes` and `sha256`, or neither"),
        (MEMBER | {"sha256": "0" * 64}, "both `bytes` and `sha256`, or neither"),
        (MEMBER | {"name": "a/b"}, "name"),
        (file_entry("a", url="ftp://x.org/a.png"), "url"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(row, message):
    with pytest.raises(ValidationError, match=message):
        FileEntry(**row)


def test_the_hash_of_the_pixels_is_known_of_crops_and_where_it_is_pinned():
    assert FileEntry(**CROP).pixel_sha256 == "0" * 64
    assert FileEntry(**file_entry("a", sha256="1" * 64)).pixel_sha256 is None
    assert FileEntry(**file_entry("a", pixels="2" * 64)).pixel_sha256 == "2" * 64


def test_an_archive_is_pinned_or_not_and_may_be_at_a_plain_address():
    assert Archive(url="http://x.org/a.zip").sha256 is None
    with pytest.raises(ValidationError, match="both `bytes` and `sha256`, or neither"):
        Archive(url="https://x.org/a.zip", bytes=1)
    with pytest.raises(ValidationError, match="url"):
        Archive(url="/data/a.zip")


def test_inputs_and_clean_images_pair_by_name_and_factor():
    files = [
        FileEntry(**file_entry(name, role=role, scale=scale))
        for name, role, scale in [
            ("a", "target", None),
            ("b", "target", 2),
            ("c", "target", 3),
            ("a", "degraded", 2),
            ("b", "degraded", 2),
            ("a", "degraded", 3),
            ("d", "degraded", 3),
        ]
    ]
    assert list(unpaired(files)) == [
        "1 degraded files have no clean image: degraded_x3/d.png",
        "1 clean images have no degraded file: target_x3/c.png",
    ]
    assert list(unpaired(files[:5])) == []
