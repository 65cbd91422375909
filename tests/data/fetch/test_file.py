"""Fetching files from folders and a server on this machine; nothing leaves it."""

import os
import shutil

import pytest

from spikebench.data.fetch.expected import WrongBytes
from spikebench.data.fetch.file import fetch_file
from spikebench.data.fetch.first_use import FILE, record, recorded
from spikebench.data.fetch.mirror import CACHE
from spikebench.errors import BenchError
from tests.data.fetch.conftest import CONTENT, cut, left_in, sha256, status

pytestmark = pytest.mark.usefixtures("hasty")
SHA256 = sha256(CONTENT)
URL = "https://example.org/set/a.png"


@pytest.fixture
def mirrored(tmp_path) -> str:
    """A mirror in a folder that holds a.png right, short.png cut and other.png wrong."""
    folder = tmp_path / "mirror/example.org/set"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(CONTENT)
    (folder / "short.png").write_bytes(CONTENT[:-1])
    (folder / "other.png").write_bytes(CONTENT[::-1])
    return str(tmp_path / "mirror")


def test_a_folder_serves_as_mirror(tmp_path, mirrored):
    found = fetch_file(URL, tmp_path / "out/a.png", SHA256, len(CONTENT), mirrored)
    assert found == (len(CONTENT), SHA256)
    assert (tmp_path / "out/a.png").read_bytes() == CONTENT
    assert left_in(tmp_path / "out") == ["a.png"]


def test_an_address_serves_as_mirror(tmp_path, server, served, monkeypatch):
    monkeypatch.delenv("SPIKEBENCH_MIRROR")
    fetch_file(URL, tmp_path / "out/a.png", SHA256, len(CONTENT), f"{server.address}/m")
    assert (tmp_path / "out/a.png").read_bytes() == CONTENT
    assert left_in(tmp_path / "out") == ["a.png"]


def test_the_environment_names_the_mirror(tmp_path, mirrored, monkeypatch):
    monkeypatch.setenv("SPIKEBENCH_MIRROR", mirrored)
    fetch_file(URL, tmp_path / "a.png", SHA256, len(CONTENT))
    assert (tmp_path / "a.png").read_bytes() == CONTENT


def test_without_a_mirror_the_public_address_is_asked(tmp_path, server, monkeypatch):
    monkeypatch.setenv("SPIKEBENCH_MIRROR", "")
    server.pages["/x/a.png"] = CONTENT
    fetch_file(f"{server.address}/x/a.png", tmp_path / "a.png", SHA256, len(CONTENT))
    assert (tmp_path / "a.png").read_bytes() == CONTENT
    assert server.asked == [("/x/a.png", None)]


def test_what_came_over_the_network_stays_and_is_a_mirror(tmp_path, server, served):
    fetch_file(URL, tmp_path / "one/a.png", SHA256, len(CONTENT))
    shutil.rmtree(tmp_path / "one")
    fetch_file(URL, tmp_path / "two/a.png", SHA256, len(CONTENT))
    fetch_file(URL, tmp_path / "three/a.png", SHA256, len(CONTENT), str(CACHE))
    assert (tmp_path / "two/a.png").read_bytes() == CONTENT
    assert (tmp_path / "three/a.png").read_bytes() == CONTENT
    assert len(server.asked) == 1


def test_it_does_not_lie_here_twice_where_files_can_be_linked(tmp_path, served, monkeypatch):
    fetch_file(URL, tmp_path / "one/a.png", SHA256, len(CONTENT))
    assert (tmp_path / "one/a.png").samefile(CACHE / "example.org/set/a.png")

    def refuse(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    fetch_file(URL, tmp_path / "two/a.png", SHA256, len(CONTENT))
    assert (tmp_path / "two/a.png").read_bytes() == CONTENT
    assert not (tmp_path / "two/a.png").samefile(CACHE / "example.org/set/a.png")


def test_a_damaged_file_among_the_downloads_is_fetched_again(tmp_path, server, served):
    fetch_file(URL, tmp_path / "a.png", SHA256, len(CONTENT))
    (tmp_path / "a.png").write_bytes(b"damaged")  # and so is the linked download
    fetch_file(URL, tmp_path / "a.png", SHA256, len(CONTENT))
    assert (tmp_path / "a.png").read_bytes() == CONTENT
    assert len(server.asked) == 2


def test_a_file_that_is_there_and_right_is_not_fetched_again(tmp_path):
    (tmp_path / "a.png").write_bytes(CONTENT)
    before = (tmp_path / "a.png").stat().st_mtime_ns
    found = fetch_file(URL, tmp_path / "a.png", SHA256, len(CONTENT), str(tmp_path / "no mirror"))
    assert found == (len(CONTENT), SHA256)
    assert (tmp_path / "a.png").stat().st_mtime_ns == before


def test_a_wrong_file_that_is_there_is_replaced(tmp_path, mirrored):
    (tmp_path / "a.png").write_bytes(b"damaged")
    fetch_file(URL, tmp_path / "a.png", SHA256, len(CONTENT), mirrored)
    assert (tmp_path / "a.png").read_bytes() == CONTENT


@pytest.mark.parametrize("name", ["short", "other"], ids=["a wrong size", "a wrong hash"])
def test_other_bytes_are_refused_and_leave_nothing(tmp_path, mirrored, name):
    url = f"https://example.org/set/{name}.png"
    with pytest.raises(BenchError) as caught:
        fetch_file(url, tmp_path / "out/x.png", SHA256, len(CONTENT), mirrored)
    message = str(caught.value)
    assert f"x.png from {mirrored}/example.org/set/{name}.png" in message
    assert f"expected {len(CONTENT)} bytes and {SHA256}" in message and "mend" in message
    assert left_in(tmp_path / "out") == []


def test_a_right_hash_with_a_wrong_pinned_size_is_refused(tmp_path, mirrored):
    with pytest.raises(BenchError, match=f"expected {len(CONTENT) + 1} bytes"):
        fetch_file(URL, tmp_path / "out/x.png", SHA256, len(CONTENT) + 1, mirrored)
    assert left_in(tmp_path / "out") == []


@pytest.mark.parametrize("steps", [[cut] * 9, [status(404)], [status(500)] * 9])
def test_what_cannot_be_had_is_said_with_file_address_and_setting(tmp_path, server, served, steps):
    server.steps[served("set/a.png")] = steps
    with pytest.raises(BenchError) as caught:
        fetch_file(URL, tmp_path / "out/x.png", SHA256, len(CONTENT))
    message = str(caught.value)
    address = server.address + served("set/a.png")
    assert message.startswith(f"a.png could not be fetched from {address}: ")
    assert f"set SPIKEBENCH_MIRROR to a folder or address that holds HOST/PATH of {URL}." in message
    assert left_in(tmp_path / "out") == []


def test_what_a_mirror_folder_lacks_is_said(tmp_path, mirrored):
    with pytest.raises(BenchError, match=r"x\.png could not be .*gone\.png: No such.*MIRROR"):
        fetch_file("https://example.org/gone.png", tmp_path / "x.png", SHA256, 600, mirrored)


def test_a_failed_fetch_keeps_the_file_that_was_there(tmp_path, mirrored):
    (tmp_path / "a.png").write_bytes(b"old")
    with pytest.raises(BenchError):
        fetch_file("https://example.org/gone.png", tmp_path / "a.png", SHA256, 600, mirrored)
    assert (tmp_path / "a.png").read_bytes() == b"old"


@pytest.mark.parametrize("path", ["../evil", "a/../../evil", ".a.png.part"])
def test_an_address_cannot_lead_out_of_the_downloads_or_to_a_part(tmp_path, path):
    with pytest.raises(BenchError, match="no part of an address may begin with a dot"):
        fetch_file(f"https://example.org/{path}", tmp_path / "x", SHA256, 600)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("prefix", [None, SHA256[:8]])
def test_a_file_without_a_pin_is_recorded_at_its_first_use(tmp_path, mirrored, prefix):
    args = {"mirror": mirrored, "sha256_prefix": prefix}
    assert fetch_file(URL, tmp_path / "a.png", None, None, **args) == (len(CONTENT), SHA256)
    assert recorded(URL) == (len(CONTENT), SHA256)
    args["mirror"] = str(tmp_path / "none")  # not asked: the file is there
    assert fetch_file(URL, tmp_path / "a.png", None, None, **args) == (len(CONTENT), SHA256)


def test_a_pinned_file_is_not_recorded(tmp_path, mirrored):
    fetch_file(URL, tmp_path / "a.png", SHA256, len(CONTENT), mirrored)
    assert not FILE.exists()


def test_a_file_of_unknown_origin_is_not_taken_for_the_one_without_a_pin(tmp_path, mirrored):
    (tmp_path / "a.png").write_bytes(b"unknown")
    fetch_file(URL, tmp_path / "a.png", None, None, mirrored)
    assert (tmp_path / "a.png").read_bytes() == CONTENT


@pytest.mark.parametrize("over_http", [True, False])
def test_another_file_than_at_the_first_use_is_refused(tmp_path, mirrored, request, over_http):
    mirror = None if over_http else mirrored
    if over_http:
        request.getfixturevalue("served")
    record(URL, 5, "ab" * 32)
    with pytest.raises(WrongBytes) as caught:
        fetch_file(URL, tmp_path / "out/a.png", None, None, mirror)
    message = str(caught.value)
    assert SHA256 in message and "ab" * 32 in message and "delete the line" in message
    assert "example.org/set/a.png" in message
    assert left_in(tmp_path / "out") == []
    FILE.unlink()  # the change is meant
    assert fetch_file(URL, tmp_path / "out/a.png", None, None, mirror) == (len(CONTENT), SHA256)


def test_another_beginning_of_the_hash_is_refused_and_not_recorded(tmp_path, mirrored):
    with pytest.raises(WrongBytes, match="expected a hash that begins with 00000000"):
        fetch_file(URL, tmp_path / "a.png", None, None, mirrored, sha256_prefix="00000000")
    assert left_in(tmp_path) == ["mirror"]


def test_a_record_that_contradicts_the_pin_is_named(tmp_path, mirrored):
    record(URL, 5, "ab" * 32)
    with pytest.raises(BenchError, match=r"first_use\.csv says .* its pin is a hash that begins"):
        fetch_file(URL, tmp_path / "a.png", None, None, mirrored, sha256_prefix=SHA256[:8])
