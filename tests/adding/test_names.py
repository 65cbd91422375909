from pathlib import Path

import pytest

from spikebench.adding.names import image_name, own_name, refuse_outside
from spikebench.errors import BenchError


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/data/My Photos", "my_photos"),
        ("nets/x4-Plus.v2.pth", "x4_plus_v2"),
        ("/data/__a__/", "a"),
    ],
)
def test_a_name_is_made_of_the_path(path, name):
    assert own_name(None, Path(path)) == name
    assert own_name("given", Path(path)) == "given"


@pytest.mark.parametrize(
    ("given", "path"), [("My", "a"), ("../a", "a"), ("", "a"), (None, "/照片")]
)
def test_a_name_that_cannot_be_one_is_asked_for(given, path):
    with pytest.raises(BenchError, match=r"cannot be a name here: .* Give one by --name"):
        own_name(given, Path(path))


@pytest.mark.parametrize(
    ("member", "name"), [("a b.png", "a_b"), ("c/d/e.f.tif", "c_d_e.f"), ("é (1).png", "_1_")]
)
def test_an_image_is_named_after_its_path(member, name):
    assert image_name(member) == name


def test_outside_a_checkout_nothing_is_added(tmp_path, root):
    refuse_outside(root)
    with pytest.raises(BenchError, match="Run this in the root folder of the checkout"):
        refuse_outside(tmp_path)
