"""How a layout finds the names of images in paths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from spikebench.data.layout import Layout

NAMES = st.text("abXY019_.-", min_size=1, max_size=8)
FOLDERS = st.lists(st.sampled_from(["a", "test", "b.c"]), max_size=2).map(
    lambda parts: "".join(f"{part}/" for part in parts)
)


@pytest.mark.parametrize(
    ("pattern", "message"), [("(", "no regular expression"), ("a", "needs a group")]
)
def test_a_layout_names_images_by_a_regular_expression(pattern, message):
    with pytest.raises(ValidationError, match=message):
        Layout(role="target", pattern=pattern)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("sharp/*.png", r"needs \{name\}"),
        ("{name}/{name}.png", r"each once"),
        ("{folder}/{folder}/{name}.png", r"each once"),
        ("{scene}/{name}.png", r"may have \{folder\}"),
    ],
)
def test_a_path_names_images_by_a_placeholder(path, message):
    with pytest.raises(ValidationError, match=message):
        Layout(role="target", path=path)


@pytest.mark.parametrize("keys", [{}, {"path": "{name}", "pattern": "(?P<name>.)"}])
def test_a_layout_is_a_path_or_a_pattern(keys):
    with pytest.raises(ValidationError, match="either a `path` or a `pattern`"):
        Layout(role="target", **keys)


@given(name=NAMES, above=FOLDERS)
def test_a_path_finds_what_is_written_by_it(name, above):
    layout = Layout(role="target", path="sharp/{name}_gt.png")
    assert layout.name_of(f"{above}sharp/{name}_gt.png") == name
    assert layout.name_of(f"{above}sharp/{name}.png") == (
        name[:-3] or None if name.endswith("_gt") else None
    )
    assert layout.name_of(f"{above}blurred_sharp/{name}_gt.png") is None
    assert layout.name_of(f"{above}sharp/more/{name}_gt.png") is None


@given(name=NAMES, folder=st.sampled_from(["GOPR0384_11_00", "x"]), above=FOLDERS)
def test_the_folder_of_an_image_is_a_part_of_its_name(name, folder, above):
    layout = Layout(role="degraded", path="test/{folder}/blur/{name}.png")
    assert layout.name_of(f"{above}test/{folder}/blur/{name}.png") == f"{folder}_{name}"


@pytest.mark.parametrize(
    ("file", "found"),
    [
        ("input/a.png", True),
        ("input/a.JPG", True),
        ("input/a.b.tiff", True),
        ("input/Thumbs.db", False),
        ("input/a.txt", False),
        ("input/a", False),
    ],
)
def test_without_a_suffix_any_image_file_will_do(file, found):
    assert (Layout(role="degraded", path="input/{name}").name_of(file) is not None) == found
