"""Data sets in folders and archives of the user's: how files are found, and what is refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikebench.data.entry import FileEntry
from spikebench.data.fetch.layout import find_entries
from spikebench.data.fetch.provided import provided_files, take
from spikebench.data.registry import load_dataset
from spikebench.errors import BenchError
from tests.data.conftest import file_entry
from tests.data.fetch.test_archive import packed

PAIRS = [
    {"role": "target", "pattern": r"^clean/(?P<name>\w+)\.png$"},
    {"role": "degraded", "pattern": r"^rain/(?P<name>\w+)\.png$"},
]
LISTED = [file_entry(n, role=r, scale=2) for n in "ba" for r in ("target", "degraded")]
WRITTEN = [f"{entry['role']}_x2/{entry['name']}.png" for entry in LISTED]


@pytest.fixture
def pairs(spec):
    """A set of two pairs with a layout."""
    return spec(files=[], images=2, layout=PAIRS)


@pytest.fixture
def filled(tmp_path):
    """Write files, each with its path as its content, in a folder."""

    def fill(*paths: str) -> Path:
        for path in paths:
            (tmp_path / "mine" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "mine" / path).write_text(path)
        return tmp_path / "mine"

    return fill


GOOD = ["clean/10.png", "clean/2.png", "rain/10.png", "rain/2.png"]


@pytest.mark.parametrize("kind", ["folder", "zip", "tar.gz"])
def test_a_set_is_found_by_its_layout_and_copied(tmp_path, filled, pairs, kind):
    source = filled(*GOOD, "readme.txt")
    if kind != "folder":
        source = packed(tmp_path / f"mine.{kind}", {path: path.encode() for path in GOOD})
    files = provided_files(pairs, source)
    assert [(e.name, e.role) for e in files] == [
        (name, role) for name in ("2", "10") for role in ("target", "degraded")
    ]
    take(files, source, tmp_path / "out")
    for entry in files:
        assert (tmp_path / "out" / entry.file_name).read_text() == entry.member
    assert len(list((tmp_path / "out").glob("*/*"))) == 4


@pytest.mark.parametrize("inside", ["", "some/folder/"])
def test_without_a_layout_it_is_laid_out_as_a_fetched_set(filled, spec, inside):
    files = provided_files(spec(files=LISTED), filled(*(inside + path for path in WRITTEN)))
    assert [entry.member for entry in files] == [inside + path for path in WRITTEN]
    assert [entry.name for entry in files] == ["b", "b", "a", "a"]  # the order of files.csv


def test_the_type_of_the_files_may_be_another_one(filled, spec):
    files = provided_files(spec(), filled("target/a.bmp", "target/b.PNG"))
    assert [entry.file_name for entry in files] == ["target/a.bmp", "target/b.png"]


def test_strewn_and_unfinished_files_are_passed_over(filled, spec):
    strewn = ["target/._a.png", "target/.b.png.part", "__MACOSX/target/a.png", ".git/target/a.png"]
    files = provided_files(spec(), filled("target/a.png", "target/b.png", *strewn))
    assert [entry.member for entry in files] == ["target/a.png", "target/b.png"]


@pytest.mark.parametrize(
    ("degraded", "target", "files"),
    [
        ("input/{name}", "target/{name}", ["input/a.png", "target/a.jpg"]),
        ("{name}.png", "{name}_gt.png", ["a.png", "a_gt.png"]),
        ("{name}_blur.png", "{name}.png", ["some/folder/a_blur.png", "some/folder/a.png"]),
        (
            "{folder}/blur/{name}.png",
            "{folder}/sharp/{name}.png",
            ["x/blur/1.png", "x/sharp/1.png"],
        ),
    ],
)
def test_pairs_are_found_by_paths(spec, degraded, target, files):
    layout = [{"role": "degraded", "path": degraded}, {"role": "target", "path": target}]
    found = find_entries(spec(files=[], images=1, layout=layout), files, "/data/mine")
    assert {entry.role: entry.member for entry in found} == {
        "degraded": files[0],
        "target": files[1],
    }
    assert len({entry.name for entry in found}) == 1


def test_clean_images_without_an_input_are_named_with_the_paths_that_were_looked_for(spec):
    layout = [
        {"role": "degraded", "path": "input/{name}.png"},
        {"role": "target", "path": "target/{name}_gt.png"},
    ]
    paths = ["input/a.png", "input/b.png", "target/a_gt.png", "target/c_gt.png"]
    with pytest.raises(BenchError) as caught:
        find_entries(spec(files=[], images=2, layout=layout), paths, "/data/mine")
    for line in (
        "1 degraded files have no clean image: input/b.png",
        "1 clean images have no degraded file: target/c_gt.png",
        "degraded files are input/{name}.png",
    ):
        assert line in str(caught.value)


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (GOOD[1:], r"1 target files in place of 2: clean/2\.png"),
        (GOOD[1:], r"1 degraded files have no clean image: rain/10\.png"),
        (GOOD[:-1], r"1 degraded files in place of 2"),
        ([*GOOD, "clean/3.png", "rain/3.png"], r"3 target .* of 2: clean/2\.png, clean/3\.png, cl"),
        ([*GOOD[:3], "rain/3.png"], r"1 degraded files have no clean image: rain/3\.png"),
        ([], r"0 target files in place of 2\n"),
        ([], r"target files are \^clean/"),
    ],
)
def test_a_set_that_is_not_whole_is_refused(pairs, paths, message):
    with pytest.raises(BenchError, match=message) as caught:
        find_entries(pairs, paths, "/data/mine")
    assert str(caught.value).startswith("/data/mine is not the whole data set 'tiny'")


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (WRITTEN[1:], "1 of 4 are missing: target_x2/b"),
        (["other/x.png"], r"4 of 4 are missing: target_x2/b, degraded_x2/b, target_x2/a, degr"),
        ([*WRITTEN, "target_x2/c.png"], r"1 of 5 are not in files\.csv: target_x2/c"),
        (
            [*WRITTEN, "target_x2/a.bmp"],
            r"target_x2/a is there 2 times: target_x2/a\.png, ",
        ),
        ([*WRITTEN, WRITTEN[0]], "target_x2/b is there 2 times"),
    ],
)
def test_a_listed_set_must_be_exactly_the_listed_files(spec, paths, message):
    with pytest.raises(BenchError, match=message):
        find_entries(spec(files=LISTED), paths, "/data/mine")


def test_a_long_list_is_cut(spec):
    entries = [file_entry(f"i{number}") for number in range(9)]
    with pytest.raises(BenchError, match=r"9 of 9 are missing: (target/i\d, ){5}\.\.\.\n"):
        find_entries(spec(files=entries), [], "/data/mine")
    twice = [f"{folder}/target/i{number}.png" for folder in "xy" for number in range(9)]
    with pytest.raises(BenchError, match="and 4 more are there several times"):
        find_entries(spec(files=entries), twice, "/data/mine")


def test_a_file_that_cannot_be_named_is_refused(spec):
    loose = spec(files=[], images=1, layout=[{"role": "target", "pattern": r"(?P<name>.*)\.png"}])
    with pytest.raises(BenchError, match=r"/data/mine: the pattern .* cannot be named: 'a b'"):
        find_entries(loose, ["a b.png"], "/data/mine")


@pytest.mark.parametrize(
    ("clean", "rainy"),
    [
        ("norain/norain-{n}.png", "rain/norain-{n}.png"),
        ("norain/norain-{n:03}.png", "rain/X2/norain-{n:03}x2.png"),
        ("Rain100H/norain/norain-{n:03}.png", "Rain100H/rain/rain-{n:03}.png"),
    ],
)
def test_rain100h_is_found_in_the_styles_of_its_copies(clean, rainy):
    spec = load_dataset("rain100h")
    paths = [style.format(n=n) for style in (clean, rainy) for n in range(1, 101)]
    files = find_entries(spec, paths, "Rain100H.zip")
    assert [entry.name for entry in files[::2]] == [str(n) for n in range(1, 101)]
    assert {entry.role for entry in files[::2]} == {"target"}
    assert files[1] == FileEntry(name="1", role="degraded", member=rainy.format(n=1))


def test_a_copy_of_rain100h_with_both_styles_at_once_is_refused():
    spec = load_dataset("rain100h")
    styles = ("norain/norain-{}.png", "rain/norain-{}.png", "rain/X2/norain-{}x2.png")
    paths = [style.format(n) for style in styles for n in range(1, 101)]
    with pytest.raises(BenchError, match=r"200 degraded .*\n.*degraded/1 is there 2 times: rain/"):
        find_entries(spec, paths, "Rain100H.zip")


def test_a_link_that_leaves_the_folder_is_not_followed(tmp_path, filled, spec):
    source = filled("target/a.png")
    (tmp_path / "b.png").write_text("outside")
    (source / "target/b.png").symlink_to(tmp_path / "b.png")
    with pytest.raises(BenchError, match=r"1 of 2 are missing: target/b\n(.*\n)*.*links"):
        provided_files(spec(), source)


def test_a_linked_folder_is_not_followed(tmp_path, filled, spec):
    source = filled("target/a.png", "target/b.png")
    (tmp_path / "other").mkdir()
    (source / "target").rename(tmp_path / "other/target")
    (source / "target").symlink_to(tmp_path / "other/target")
    with pytest.raises(BenchError, match="2 of 2 are missing"):
        provided_files(spec(), source)


def test_a_link_inside_the_folder_counts_and_so_does_a_link_to_the_folder(tmp_path, filled, spec):
    source = filled("target/a.png", "store/1")
    (source / "target/b.png").symlink_to("../store/1")
    (tmp_path / "link").symlink_to(source)
    files = provided_files(spec(), tmp_path / "link")
    take(files, tmp_path / "link", tmp_path / "out")
    assert (tmp_path / "out/target/b.png").read_text() == "store/1"
    assert not (tmp_path / "out/target/b.png").is_symlink()


def test_a_source_that_does_not_exist_is_named(tmp_path, spec):
    with pytest.raises(BenchError, match=r"none, .* 'tiny', does not exist\. Mend `provided`"):
        provided_files(spec(), tmp_path / "none")


@given(numbers=st.lists(st.integers(0, 10**6), unique=True, min_size=1, max_size=9))
def test_numbered_images_are_sorted_by_number(numbers):
    whole = load_dataset("rain100h").model_copy(update={"images": len(numbers)})
    styles = ("norain/norain-{}.png", "rain/norain-{}.png")
    paths = [style.format(number) for style in styles for number in numbers]
    files = find_entries(whole, paths, "mine")
    assert [int(entry.name) for entry in files if entry.role == "target"] == sorted(numbers)
