"""Fetching files and data sets from folders and a server on this machine; nothing leaves it."""

import os
import shutil
from pathlib import Path

import pytest

from spikebench.data.fetch import mirror as mirror_module
from spikebench.data.fetch.dataset import fetch_dataset
from spikebench.data.fetch.expected import WrongBytes
from spikebench.data.fetch.file import fetch_file
from spikebench.data.fetch.first_use import FILE, record, recorded
from spikebench.data.fetch.mirror import CACHE
from spikebench.data.fetch.transfer import Transfer
from spikebench.data.images import pixel_sha256, read_pixels
from spikebench.data.index import indexed
from spikebench.data.registry import load_dataset
from spikebench.errors import BenchError
from tests.data.conftest import file_entry
from tests.data.fetch.conftest import cut, png, sha256, status, wrong
from tests.data.fetch.test_archive import packed

CONTENT = b"spikes" * 100
SHA256 = sha256(CONTENT)
URL = "https://example.org/set/a.png"
ARCHIVE = {"url": "http://example.org/set.zip"}
LAYOUT = [
    {"role": "target", "pattern": r"^clean/(?P<name>\w+)\.png$"},
    {"role": "degraded", "pattern": r"^rain/(?P<name>\w+)\.png$"},
]
PACKED = {f"{place}/{n}.png": png(50 * n + 9) for place in ("clean", "rain") for n in (1, 2, 3)}


@pytest.fixture(autouse=True)
def hasty(alone, monkeypatch):
    """Nobody waits long here."""
    monkeypatch.setattr(mirror_module, "TRANSFER", Transfer(attempts=2, pause=0.01, timeout=0.3))


@pytest.fixture
def mirrored(tmp_path) -> str:
    """A mirror in a folder that holds a.png right, short.png cut and other.png wrong."""
    folder = tmp_path / "mirror/example.org/set"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(CONTENT)
    (folder / "short.png").write_bytes(CONTENT[:-1])
    (folder / "other.png").write_bytes(CONTENT[::-1])
    return str(tmp_path / "mirror")


@pytest.fixture
def served(server, monkeypatch):
    """A mirror over http, named by the environment; returns the path of an address there."""
    monkeypatch.setenv("SPIKEBENCH_MIRROR", f"{server.address}/m/")
    server.pages["/m/example.org/set/a.png"] = CONTENT
    return lambda name: f"/m/example.org/{name}"


def left_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


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


# Data sets


IMAGES = {name: png(shade) for name, shade in [("a", 10), ("b", 20), ("c", 30)]}


def pinned(name: str, **changes) -> dict:
    content = IMAGES[name]
    return file_entry(name, bytes=len(content), sha256=sha256(content)) | changes


@pytest.fixture
def on_server(server, served):
    """The images a, b and c at example.org/NAME.png."""
    server.pages |= {served(f"{name}.png"): content for name, content in IMAGES.items()}
    return server


@pytest.fixture
def whole(spec):
    return spec(files=[pinned(name) for name in IMAGES])


def test_a_set_is_fetched_with_an_index_of_every_hash(on_server, whole, tmp_path):
    fetch_dataset(whole, tmp_path / "out")
    for name, content in IMAGES.items():
        assert (tmp_path / f"out/target/{name}.png").read_bytes() == content
    index = load_dataset("set5", Path(__file__).parents[3] / "datasets", tmp_path / "out")
    assert index.files == [indexed(entry, tmp_path / "out") for entry in whole.files]
    assert all(entry.pixels for entry in index.files)


@pytest.mark.parametrize(("images", "names"), [(2, "ab"), (["c", "a"], "ac"), (None, "abc")])
def test_only_the_files_of_the_wanted_images_are_asked_for(
    on_server, served, spec, tmp_path, images, names
):
    files = [pinned(name, role=role) for name in IMAGES for role in ("target", "degraded")]
    fetch_dataset(spec(files=files), tmp_path / "out", images=images)
    expected = sorted(f"{role}/{name}.png" for name in names for role in ("target", "degraded"))
    assert sorted(f.relative_to(tmp_path / "out").as_posix() for f in tmp_path.glob("out/*/*")) == (
        expected
    )
    assert {path for path, _ in on_server.asked} == {served(f"{name}.png") for name in names}


def test_an_unknown_image_is_answered_with_the_known(whole, tmp_path):
    with pytest.raises(BenchError, match=r"'tiny' has no z\. Known: a, b, c\."):
        fetch_dataset(whole, tmp_path / "out", images=["z"])


def test_a_failed_file_does_not_lose_the_others(on_server, served, whole, tmp_path):
    on_server.steps[served("b.png")] = [status(500)] * 2
    with pytest.raises(
        BenchError, match=r"'tiny': 1 of 3 files failed, 2 are right.*\nb\.png could"
    ):
        fetch_dataset(whole, tmp_path / "out")
    assert not (tmp_path / "out/index.csv").exists()
    shutil.rmtree(tmp_path / "out")  # so does Snakemake
    on_server.asked.clear()
    fetch_dataset(whole, tmp_path / "out")
    assert on_server.asked == [(served("b.png"), None)]
    assert left_in(tmp_path / "out/target") == ["a.png", "b.png", "c.png"]


def test_all_failures_are_named(on_server, served, whole, tmp_path):
    on_server.steps[served("a.png")] = [wrong] * 2
    del on_server.pages[served("c.png")]
    with pytest.raises(BenchError, match="2 of 3 files failed") as caught:
        fetch_dataset(whole, tmp_path / "out")
    assert "a.png from" in str(caught.value) and "c.png could not" in str(caught.value)


def test_a_host_that_does_not_answer_is_not_asked_for_every_file(spec, tmp_path, monkeypatch):
    monkeypatch.setattr(mirror_module, "TRANSFER", Transfer(attempts=1, timeout=0.3))
    files = [
        file_entry(f"i{n}", url=f"https://127.0.0.1:1/{n}.png", sha256=f"{n:064}")
        for n in range(100)
    ]
    with pytest.raises(BenchError, match="100 of 100 files failed, 0 are right") as caught:
        fetch_dataset(spec(files=files), tmp_path / "out")
    assert "The other files of 127.0.0.1:1 were not asked for." in str(caught.value)
    assert 1 <= str(caught.value).count("could not be fetched") < 100


def test_an_index_of_an_earlier_fetch_goes_before_anything_changes(served, whole, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/index.csv").write_text("old")
    with pytest.raises(BenchError):
        fetch_dataset(whole, tmp_path / "out")
    assert left_in(tmp_path / "out" / "index.csv") == []


def test_files_that_are_no_longer_listed_go_and_others_stay(on_server, whole, tmp_path):
    fetch_dataset(whole, tmp_path / "out")
    kept = [tmp_path / "out/notes.txt", tmp_path / "out/target/folder/x.png", tmp_path / "out/my/x"]
    gone = [tmp_path / "out/degraded_x2/a.png", tmp_path / "out/target/a.jpg"]
    for file in [*kept, *gone]:
        file.parent.mkdir(exist_ok=True)
        file.touch()
    fetch_dataset(whole, tmp_path / "out", images=1)
    assert [file.exists() for file in kept] == [True] * 3
    assert [file.exists() for file in gone] == [False] * 2
    assert left_in(tmp_path / "out/target") == ["a.png", "folder"]


@pytest.mark.parametrize("sides", [(9, 100), (1, 7)])
def test_sides_that_the_set_does_not_allow_are_refused(on_server, spec, tmp_path, sides):
    with pytest.raises(BenchError, match=r"a\.png has 8 x 8 pixels; the sides of 'tiny' are"):
        fetch_dataset(spec(files=[pinned("a")], sides=sides), tmp_path / "out")
    assert not (tmp_path / "out/index.csv").exists()


def test_both_sides_count(server, served, spec, tmp_path):
    content = png(5, height=6, width=12)
    server.pages[served("a.png")] = content
    row = file_entry("a", bytes=len(content), sha256=sha256(content))
    fetch_dataset(spec(files=[row], sides=(6, 12)), tmp_path / "out")
    for sides in [(7, 12), (6, 11)]:
        with pytest.raises(BenchError, match="12 x 6 pixels"):
            fetch_dataset(spec(files=[row], sides=sides), tmp_path / "out")


def test_another_decoding_of_the_pinned_file_is_refused(on_server, spec, tmp_path):
    right = pixel_sha256(read_pixels(save(tmp_path / "a.png", IMAGES["a"])))
    fetch_dataset(spec(files=[pinned("a", pixels=right)]), tmp_path / "out")
    with pytest.raises(BenchError, match=r"expected 0{64}: this Pillow, \d+.*, reads .* another"):
        fetch_dataset(spec(files=[pinned("a", pixels="0" * 64)]), tmp_path / "out")


def save(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


def test_a_clean_image_without_a_pin_that_is_none_is_said_with_its_record(
    server, served, spec, tmp_path
):
    server.pages[served("a.png")] = b"<html>come back later</html>"
    free = spec(files=[file_entry("a", bytes=None, sha256=None)])
    with pytest.raises(BenchError, match=r"cannot be decoded.*delete its line in .*first_use\.csv"):
        fetch_dataset(free, tmp_path / "out")
    FILE.unlink()
    (CACHE / "example.org/a.png").unlink()
    server.pages[served("a.png")] = IMAGES["a"]
    fetch_dataset(free, tmp_path / "out")
    assert recorded("https://example.org/a.png") == (len(IMAGES["a"]), sha256(IMAGES["a"]))


def test_a_mistake_of_ours_keeps_its_traceback(on_server, whole, tmp_path, monkeypatch):
    monkeypatch.setattr("spikebench.data.index.pixel_sha256", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fetch_dataset(whole, tmp_path / "out")


# Data sets in archives and folders


@pytest.fixture
def archived(server, served, spec, tmp_path):
    """A set of three pairs in an archive on the server; its spec, some keys replaced."""
    packed(tmp_path / "set.zip", PACKED)
    server.pages[served("set.zip")] = (tmp_path / "set.zip").read_bytes()
    keys = {"files": [], "images": 3, "layout": LAYOUT, "archive": ARCHIVE}
    return lambda **changes: spec(**keys | changes)


def test_a_set_is_unpacked_from_its_archive_which_stays(archived, server, served, tmp_path):
    for folder in ("one", "two"):
        fetch_dataset(archived(), tmp_path / folder)
    index = load_dataset("rain100h", Path(__file__).parents[3] / "datasets", tmp_path / "two")
    assert [(e.name, e.role) for e in index.files[:2]] == [("1", "target"), ("1", "degraded")]
    for entry in index.files:
        assert (tmp_path / "two" / entry.file_name).read_bytes() == PACKED[entry.member]
    assert server.asked == [(served("set.zip"), None)]
    assert recorded(ARCHIVE["url"]) == (len(server.pages[served("set.zip")]), sha256_of(CACHE))


def sha256_of(folder: Path) -> str:
    return sha256((folder / "example.org/set.zip").read_bytes())


def test_only_the_wanted_images_are_unpacked(archived, tmp_path):
    fetch_dataset(archived(), tmp_path / "out", images=2)
    assert left_in(tmp_path / "out/target") == left_in(tmp_path / "out/degraded") == [
        "1.png", "2.png"
    ]  # fmt: skip


def test_a_pinned_archive_is_verified(archived, tmp_path):
    wrong_pin = ARCHIVE | {"bytes": 5, "sha256": "0" * 64}
    with pytest.raises(WrongBytes, match=r"set\.zip from .* expected 5 bytes"):
        fetch_dataset(archived(archive=wrong_pin), tmp_path / "out")


def test_files_of_an_archive_may_be_pinned_one_by_one(archived, tmp_path):
    rows = [
        {"name": path[-5], "role": "target" if path[0] == "c" else "degraded", "member": path}
        | {"bytes": len(content), "sha256": sha256(content)}
        for path, content in PACKED.items()
    ]
    fetch_dataset(archived(files=rows), tmp_path / "out")
    rows[1]["sha256"] = "0" * 64
    with pytest.raises(BenchError, match=r"clean/2\.png has SHA-256 .* expects 0{64}"):
        fetch_dataset(archived(files=rows), tmp_path / "out")


@pytest.mark.parametrize("kind", ["folder", "tar.gz"])
def test_provided_files_take_the_place_of_the_download(archived, server, tmp_path, kind):
    source = packed(tmp_path / "mine.tar.gz", PACKED)
    if kind == "folder":
        shutil.unpack_archive(source, tmp_path / "mine", filter="data")
        source = tmp_path / "mine"
    fetch_dataset(archived(), tmp_path / "out", provided=source)
    assert left_in(tmp_path / "out/degraded") == ["1.png", "2.png", "3.png"]
    assert server.asked == [] and not FILE.exists()


def test_provided_files_keep_hashes_of_their_own(whole, tmp_path):
    for name in IMAGES:
        (tmp_path / "mine/target").mkdir(parents=True, exist_ok=True)
        save(tmp_path / f"mine/target/{name}.png", png(77))
    listed = whole.model_copy(
        update={"files": [e.model_copy(update={"pixels": "0" * 64}) for e in whole.files]}
    )
    fetch_dataset(listed, tmp_path / "out", provided=tmp_path / "mine")
    index = load_dataset("set5", Path(__file__).parents[3] / "datasets", tmp_path / "out")
    assert {entry.sha256 for entry in index.files} == {sha256(png(77))}
    assert (tmp_path / "mine/target/a.png").stat().st_nlink == 1  # a copy, not a link


def test_provided_files_that_are_the_pinned_ones_must_decode_alike(whole, tmp_path):
    (tmp_path / "mine/target").mkdir(parents=True)
    for name, content in IMAGES.items():
        save(tmp_path / f"mine/target/{name}.png", content)
    pins = {"files": [e.model_copy(update={"pixels": "0" * 64}) for e in whole.files]}
    with pytest.raises(BenchError, match="this Pillow"):
        fetch_dataset(whole.model_copy(update=pins), tmp_path / "out", provided=tmp_path / "mine")


def test_provided_images_of_wrong_sides_are_refused(archived, tmp_path):
    source = packed(tmp_path / "mine.zip", PACKED)
    with pytest.raises(BenchError, match=r"3 of 6 files failed.*\n.*8 x 8 pixels"):
        fetch_dataset(archived(sides=(16, 16)), tmp_path / "out", provided=source)


def test_a_set_without_an_address_asks_for_a_folder(spec, tmp_path):
    nowhere = spec(files=[], images=3, layout=LAYOUT)
    with pytest.raises(BenchError, match=r"no public address.*provided: \{tiny: /path/to/it\}"):
        fetch_dataset(nowhere, tmp_path / "out")
