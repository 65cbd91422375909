"""dataset.yaml and files.csv: what is read, what is refused, and the sets of this repository."""

import csv
from pathlib import Path

import pytest
import yaml

from spikebench.data.entry import FileEntry
from spikebench.data.index import write_index
from spikebench.data.registry import load_dataset
from spikebench.errors import BenchError
from spikebench.run import catalogue
from tests.data.conftest import file_entry

MANIFEST = {
    "title": "Tiny",
    "role": "test",
    "tasks": ["denoise"],
    "images": 1,
    "sides": [8, 100],
    "licence": "none",
    "citation": "none",
}

LAYOUT = [{"role": "target", "pattern": "(?P<name>.)[.]png"}]


@pytest.fixture
def write(tmp_path):
    """Write the set `tiny` with some keys of its manifest and rows of its files.csv replaced."""

    def apply(*rows: dict, **changes) -> Path:
        folder = tmp_path / "tiny"
        folder.mkdir()
        (folder / "dataset.yaml").write_text(yaml.safe_dump(MANIFEST | changes))
        with (folder / "files.csv").open("w", newline="") as stream:
            names = ["name", "role", "scale", "url", "bytes", "sha256"]
            table = csv.DictWriter(stream, names)
            table.writeheader()
            table.writerows(rows or [file_entry("a")])
        return tmp_path

    return apply


def test_a_set_is_its_manifest_and_its_files(write):
    spec = load_dataset("tiny", write(notes="small"))
    assert (spec.name, spec.title, spec.notes) == ("tiny", "Tiny", "small")
    assert spec.files == [FileEntry(**file_entry("a"))]  # an empty `scale` is none


def test_the_clean_images_stand_once_each_in_the_order_of_the_file(write):
    rows = [
        file_entry("b", scale=2),
        file_entry("b", scale=2, role="degraded"),
        file_entry("a", scale=2),
        file_entry("a", scale=2, role="degraded"),
        file_entry("b", scale=3),
        file_entry("a", scale=3),
    ]
    spec = load_dataset("tiny", write(*rows, images=2))
    assert [(e.name, e.scale) for e in spec.targets] == [("b", 2), ("a", 2)]


def test_a_file_name_says_role_scale_and_image():
    entry = FileEntry(**file_entry("a", role="degraded", scale=4, url="https://x.org/b/LR.bmp"))
    assert entry.file_name == "degraded_x4/a.bmp"
    assert FileEntry(**file_entry("a")).file_name == "target/a.png"


def test_an_unknown_set_is_answered_with_the_known(write):
    with pytest.raises(BenchError, match=r"no data set 'set6'.*Known: tiny\."):
        load_dataset("set6", write())


@pytest.mark.parametrize(
    ("row", "changes", "message"),
    [
        ({}, {"images": 2}, "`images` says 2, files.csv names 1"),
        ({}, {"role": "validation"}, "`role` is 'validation'.*test, or train"),
        ({}, {"tasks": []}, "`tasks` is .*a list of tasks"),
        ({}, {"tasks": ["Deblur"]}, r"`tasks\.0` is 'Deblur'.*a list of tasks"),
        ({}, {"tasks": ["paired"]}, r"`tasks\.0` is `paired`, .*say what it is, such as deblur"),
        ({}, {"tasks": ["deblur"]}, "`tasks` names deblur, .* no file has the role `degraded`"),
        ({}, {"licens": "MIT"}, "unknown key `licens`.*'licence'"),
        ({"sha256": "abc"}, {}, r"`files\.0\.sha256` is 'abc'"),
        ({"url": "http://example.org/a.png"}, {}, r"`files\.0\.url`.*https"),
        ({"name": "../a"}, {}, r"`files\.0\.name`.*letters, digits"),
        ({"bytes": ""}, {}, "needs both `bytes` and `sha256`, or neither"),
        ({"sha256": ""}, {}, "needs both `bytes` and `sha256`, or neither"),
        ({"url": ""}, {}, "exactly one of `url`, `member` and `photograph`"),
        ({}, {"sides": [8]}, "the shortest and the longest side"),
        ({}, {"archive": {"url": "https://x.org/a.zip"}}, "`archive` needs a `layout`"),
        ({}, {"name": "other"}, "`name` does not stand in this file"),
        ({}, {"files": []}, "`files` does not stand in this file"),
        ({}, {"folder": "/data"}, "`folder` needs a files.csv with a `member`"),
        ({}, {"folder": ""}, "`folder` is ''. Expected: a folder of yours"),
        ({}, {"layout": [{"role": "target", "pattern": "("}]}, "is no regular expression"),
        ({}, {"layout": [{"role": "target", "pattern": "a"}]}, r"needs a group \(\?P<name>"),
    ],
)
def test_a_wrong_key_is_named_with_its_place(write, row, changes, message):
    with pytest.raises(BenchError, match=message) as caught:
        load_dataset("tiny", write(file_entry("a") | row, **changes))
    assert "tiny: " in str(caught.value)


def test_inputs_without_a_clean_image_and_clean_images_without_an_input_are_named(write):
    rows = [file_entry("a"), file_entry("b"), file_entry("c", role="degraded")]
    rows.append(file_entry("b", role="degraded"))
    with pytest.raises(BenchError) as caught:
        load_dataset("tiny", write(*rows, images=3, tasks=["deblur"]))
    for line in (
        "tiny: files.csv: 1 degraded files have no clean image: degraded/c.png.",
        "tiny: files.csv: 1 clean images have no degraded file: target/a.png.",
        "tiny: `images` says 3, files.csv names 2; mend either.",
    ):
        assert line in str(caught.value)


@pytest.mark.parametrize("content", ["- a list", ""], ids=["a list", "empty"])
def test_an_unreadable_manifest_is_refused(write, content):
    root = write()
    (root / "tiny/dataset.yaml").write_text(content)
    with pytest.raises(BenchError, match=r"tiny: cannot be read"):
        load_dataset("tiny", root)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("{", r"tiny/dataset\.yaml: is not YAML, line 1: "),
        ("title: One\nrole: test\ntitle: Two\n", r"tiny/dataset\.yaml: line 3: `title` stands in"),
    ],
    ids=["no YAML", "a key twice"],
)
def test_a_manifest_that_is_no_yaml_is_refused_with_its_line(write, content, expected):
    root = write()
    (root / "tiny/dataset.yaml").write_text(content)
    with pytest.raises(BenchError, match=expected):
        load_dataset("tiny", root)


@pytest.mark.parametrize("name", ["dataset.yaml", "files.csv"])
def test_a_byte_order_mark_and_crlf_change_nothing(write, name):
    root = write()
    plain, file = load_dataset("tiny", root), root / "tiny" / name
    text = file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    file.write_bytes("\ufeff".encode() + text)
    assert load_dataset("tiny", root) == plain


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: text.replace(",", ", "),
        lambda text: text.replace("\r\n", ",,\n"),  # empty columns
        lambda text: text + "\n,,,,,\n\n",  # empty rows
        lambda text: text.replace("\r\n", ",,\n").replace(",", ";") + ";;;;\n",
    ],
    ids=["semicolons", "tabs", "spaces", "columns", "rows", "all of a spreadsheet"],
)
def test_what_spreadsheets_make_of_a_list_of_files_changes_nothing(write, rewrite):
    root = write(file_entry("a"), file_entry("b"), images=2)
    plain, file = load_dataset("tiny", root), root / "tiny/files.csv"
    file.write_bytes(b"\xef\xbb\xbf" + rewrite(file.read_bytes().decode()).encode())
    assert load_dataset("tiny", root) == plain


def test_a_row_with_more_columns_than_the_first_line_is_refused_by_its_line(write):
    root = write(file_entry("a"), file_entry("b"), images=2)
    file = root / "tiny/files.csv"
    file.write_text(file.read_text() + "c,target,,,,,more\n")
    with pytest.raises(BenchError, match=r"line 4 of files\.csv has more columns than its first"):
        load_dataset("tiny", root)


def test_a_missing_list_of_files_is_refused(write):
    root = write()
    (root / "tiny/files.csv").unlink()
    with pytest.raises(
        BenchError, match=r"tiny has no files\.csv, and its dataset\.yaml no `layout`"
    ):
        load_dataset("tiny", root)


def test_a_set_with_a_layout_needs_no_list_of_files(write):
    root = write(images=7, layout=LAYOUT)
    (root / "tiny/files.csv").unlink()
    spec = load_dataset("tiny", root)
    assert (spec.files, spec.images, spec.pinned) == ([], 7, False)


def test_a_fetched_set_is_what_its_index_says(write, tmp_path):
    root = write(images=7, layout=LAYOUT)
    write_index([FileEntry(name="a", role="target", member="a.png")], tmp_path / "out")
    spec = load_dataset("tiny", root, fetched=tmp_path / "out")
    assert [entry.member for entry in spec.files] == ["a.png"]


def test_a_set_that_was_not_fetched_has_no_index(write, tmp_path):
    with pytest.raises(BenchError, match=r"has no index\.csv: the set was not fetched"):
        load_dataset("tiny", write(), fetched=tmp_path / "out")


@pytest.mark.parametrize(("free", "pinned"), [({}, True), ({"bytes": "", "sha256": ""}, False)])
def test_a_set_is_pinned_if_every_file_is(write, free, pinned):
    rows = [file_entry("a"), file_entry("b") | free]
    assert load_dataset("tiny", write(*rows, images=2)).pinned is pinned


@pytest.mark.parametrize("name", catalogue.dataset_names())
def test_a_set_of_this_repository_is_read_and_its_file_names_are_unique(name):
    spec = load_dataset(name)
    names = [entry.file_name for entry in spec.files]
    assert sorted(names) == sorted(set(names))


def test_no_training_image_is_a_test_image():
    sets = [load_dataset(name) for name in catalogue.dataset_names()]
    hashes = {
        role: {entry.sha256 for spec in sets if spec.role == role for entry in spec.files} - {None}
        for role in ("train", "test")
    }
    assert hashes["train"] and hashes["test"]
    assert not hashes["train"] & hashes["test"]
