"""What editors do to a YAML file changes nothing, or one sentence says what is wrong with it."""

from pathlib import Path

import pytest

from spikebench.errors import BenchError
from spikebench.io.yaml import completed, read_yaml

TEXT = "run: mine\ntimesteps: [1, 2]\nmethods:\n  ann: {}\n"
HELD = {"run": "mine", "timesteps": [1, 2], "methods": {"ann": {}}}


@pytest.fixture
def read(tmp_path):
    def read(content: bytes):
        file = tmp_path / "my.yaml"
        file.write_bytes(content)
        return read_yaml(file)

    return read


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TEXT.encode(), id="plain"),
        pytest.param(TEXT.encode("utf-8-sig"), id="a byte-order mark"),
        pytest.param(TEXT.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(TEXT.replace("\n", "\r").encode(), id="CR"),
        pytest.param(TEXT.replace("\n", "\r\n").encode("utf-8-sig"), id="both"),
        pytest.param(TEXT.replace("\n", " #\tso\n").encode(), id="tabs in comments"),
        pytest.param(
            b'{\n\t"run": "mine",\n\t"timesteps": [1, 2],\n\t"methods": {"ann": {}}\n}\n',
            id="JSON with tabs",
        ),
    ],
)
def test_the_same_is_read(read, content):
    assert read(content) == HELD


def test_an_empty_file_holds_nothing(read):
    assert read(b"") is None
    assert read(b"# nothing yet\r\n") is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            b"methods:\n\tann: {}\n",
            "my.yaml: is not YAML, line 2: while scanning for the next token, found character "
            "'\\t' that cannot start any token. Write spaces in place of tabs.",
            id="tabs as indentation",
        ),
        pytest.param(
            b"run: mine\nseed:\t0\n",
            "my.yaml: is not YAML, line 2: while scanning for the next token, found character "
            "'\\t' that cannot start any token. Write spaces in place of tabs.",
            id="a tab after a colon",
        ),
        pytest.param(
            b"run: mine\nmethods: [\n",
            "my.yaml: is not YAML, line 3: while parsing a flow node, expected the node content, "
            "but found '<stream end>'.",
            id="an open bracket",
        ),
        pytest.param(
            "run: mine\nname: café\n".encode("latin-1"),
            "my.yaml: is not UTF-8 text: line 2 has the byte 0xe9. Save it as UTF-8.",
            id="Latin-1",
        ),
        pytest.param(
            TEXT.encode("utf-16"),
            "my.yaml: is not UTF-8 text: line 1 has the byte 0xff. Save it as UTF-8.",
            id="UTF-16",
        ),
        pytest.param(
            b"run: mine\nname: a\x00b\n",
            "my.yaml: is not YAML, line 2: the character U+0000 is not allowed.",
            id="a zero byte",
        ),
        pytest.param(
            b"methods:\n  mine: {a: 1}\n  ann: {}\n  mine: {a: 2}\n",
            "my.yaml: line 4: `methods.mine` stands in line 2 already. "
            "Keep one of them, or rename one.",
            id="a key twice",
        ),
        pytest.param(
            b'{\n\t"run": "mine",\n\t"run": "yours"\n}\n',
            "my.yaml: line 3: `run` stands in line 2 already. Keep one of them, or rename one.",
            id="a key twice in JSON",
        ),
        pytest.param(
            "\ufeffa: 1\r\nb: 1\r\na: 2\r\na: 3\r\n".encode(),
            "my.yaml: line 4: `a` stands in line 1, 3 already. Keep one of them, or rename one.",
            id="three times, CRLF, a byte-order mark",
        ),
    ],
)
def test_one_sentence_names_the_line(read, tmp_path, content, expected):
    with pytest.raises(BenchError) as caught:
        read(content)
    assert str(caught.value) == f"{tmp_path}/{expected}"


def test_each_key_that_stands_twice_has_a_line(read):
    with pytest.raises(BenchError) as caught:
        read(b"a: 1\nb: 1\na: 2\nb: 2\n")
    lines = str(caught.value).splitlines()
    assert [line.partition(": ")[2][:11] for line in lines] == ["line 3: `a`", "line 4: `b`"]


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(BenchError, match=r"cannot be read \(Is a directory\)\. Name a YAML file\."):
        read_yaml(Path(tmp_path))


def test_what_is_known_from_elsewhere_cannot_be_said_once_more():
    assert completed({"a": 1}, {"b": 2}, "my.yaml", "why") == {"a": 1, "b": 2}
    with pytest.raises(
        BenchError, match=r"my\.yaml: `b` does not stand in this file: why\. Delete"
    ):
        completed({"b": 2}, {"b": 2}, "my.yaml", "why")
