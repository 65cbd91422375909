"""Downloads from a server on this machine that truncates, stalls, refuses and errs."""

import errno
import multiprocessing
import socket
import subprocess
from concurrent.futures import ProcessPoolExecutor
from email.utils import formatdate
from pathlib import Path
from time import time

import pytest

from spikebench.data.fetch import download as module
from spikebench.data.fetch.download import NotFetched, Unreachable, download
from spikebench.data.fetch.expected import WrongBytes
from spikebench.data.fetch.part import Part
from spikebench.data.fetch.transfer import Transfer
from spikebench.io.disk import DiskError
from tests.data.fetch.conftest import (
    cut,
    longer,
    ranged,
    sha256,
    shorter,
    stall,
    status,
    whole,
    without_ranges,
    wrong,
)

CONTENT = bytes(range(250)) * 40
SHA256 = sha256(CONTENT)
HALF = len(CONTENT) // 2
FAST = Transfer(attempts=3, pause=0.01, timeout=0.3)


@pytest.fixture
def get(server, alone):
    """Download x.png, answered with the given steps; return the ranges that were asked for."""

    def run(*steps, **changes) -> list[str | None]:
        server.pages["/x.png"] = changes.pop("content", CONTENT)
        server.steps["/x.png"] = list(steps)
        pins = {"sha256": SHA256, "size": len(CONTENT), "transfer": FAST} | changes
        before = len(server.asked)
        try:
            run.found = download(f"{server.address}/x.png", alone / "out/x.png", **pins)
        finally:
            run.asked = [asked for _, asked in server.asked[before:]]
        return run.asked

    return run


@pytest.fixture
def file(alone) -> Path:
    return alone / "out/x.png"


@pytest.fixture
def pauses(monkeypatch) -> list[float]:
    """Take down how long is waited between attempts, without waiting."""
    waited: list[float] = []
    monkeypatch.setattr(module, "sleep", waited.append)
    return waited


def shown(folder: Path) -> list[str]:
    """Return the files that a user sees: no locks, no parts."""
    return sorted(file.name for file in folder.glob("[!.]*"))


REST = f"bytes={HALF}-"


@pytest.mark.parametrize(
    ("steps", "asked"),
    [
        ([], [None]),
        ([cut], [None, REST]),
        ([cut, cut], [None, REST, f"bytes={HALF + HALF // 2}-"]),
        ([stall], [None, REST]),
        ([status(500)], [None, None]),
        ([status(503), status(429)], [None, None, None]),
        ([cut, status(502)], [None, REST, REST]),
        ([cut, without_ranges], [None, REST]),
        ([cut, ranged("bytes 0-9/10")], [None, REST, None]),
        ([cut, ranged(f"bytes {HALF}-x/y")], [None, REST, None]),
        ([cut, ranged(None)], [None, REST, None]),
        ([cut, status(416)], [None, REST, None]),
        ([wrong], [None, None]),
        ([cut, wrong], [None, REST, None]),
        ([longer], [None, None]),
        ([shorter], [None, f"bytes={len(CONTENT) - 1}-"]),
    ],
)
def test_the_right_bytes_arrive_and_no_byte_is_asked_for_twice_in_vain(get, file, steps, asked):
    assert get(*steps) == asked
    assert file.read_bytes() == CONTENT
    assert get.found == (len(CONTENT), SHA256)
    assert shown(file.parent) == ["x.png"]
    assert Part(file).size == 0 and Part(file).version is None


@pytest.mark.parametrize(
    ("step", "attempts", "message"),
    [
        (status(404), 1, "HTTP 404"),
        (status(403), 1, "HTTP 403"),
        (status(410), 1, "HTTP 410"),
        (status(500), 3, r"HTTP 500 .* \(3 attempts\)"),
        (status(429), 3, "HTTP 429"),
        (shorter, 3, f"ended after {len(CONTENT) - 1} of {len(CONTENT)} bytes"),
        (ranged("bytes 5-9/10"), 3, "another range"),
    ],
)
def test_what_cannot_be_had_is_said_and_leaves_no_file(get, file, step, attempts, message):
    with pytest.raises(NotFetched, match=rf"^x\.png could not be fetched from http://.*{message}"):
        get(*[step] * 9)
    assert len(get.asked) == attempts
    assert shown(file.parent) == []


@pytest.mark.parametrize("step", [cut, stall])
def test_what_a_broken_transfer_brought_is_kept_for_the_next_call(get, file, step):
    with pytest.raises(NotFetched, match=f"after {HALF} "):
        get(step, transfer=Transfer(attempts=1, timeout=0.3))
    assert shown(file.parent) == []
    assert get() == [REST]
    assert file.read_bytes() == CONTENT


def test_wrong_bytes_are_refused_with_both_hashes_and_not_kept(get, file):
    with pytest.raises(WrongBytes) as caught:
        get(wrong, wrong, hint="Mend it.")
    other = sha256(bytes(255 - byte for byte in CONTENT))
    assert "x.png from http" in str(caught.value) and str(caught.value).endswith("Mend it.")
    assert f"SHA-256 {other}; expected {len(CONTENT)} bytes and {SHA256}" in str(caught.value)
    assert get.asked == [None, None]
    assert shown(file.parent) == [] and Part(file).size == 0


def test_a_file_that_is_too_long_is_not_read_to_its_end(get, file):
    with pytest.raises(WrongBytes, match=f"longer than the expected {len(CONTENT)} bytes"):
        get(longer, longer)
    assert shown(file.parent) == [] and Part(file).size == 0


def test_a_pin_may_be_the_first_digits_of_the_hash(get, file):
    get(sha256=SHA256[:8], size=None)
    assert file.read_bytes() == CONTENT
    with pytest.raises(WrongBytes, match="expected a hash that begins with 00000000"):
        get(sha256="00000000", size=None)


def test_without_a_pin_the_beginning_of_another_version_is_not_continued(get, file):
    free = {"sha256": None, "size": None}
    with pytest.raises(NotFetched):
        get(cut, transfer=Transfer(attempts=1), content=CONTENT[::-1], **free)
    assert get(**free) == [REST]  # If-Range: the server begins anew
    assert file.read_bytes() == CONTENT


def test_a_server_that_does_not_know_if_range_is_seen_through(get, file):
    def rest_of_another(request, content: bytes) -> None:
        del request.headers["If-Range"]
        whole(request, content)

    free = {"sha256": None, "size": None}
    with pytest.raises(NotFetched):
        get(cut, transfer=Transfer(attempts=1), content=CONTENT[::-1], **free)
    assert get(rest_of_another, **free) == [REST, None]
    assert file.read_bytes() == CONTENT


def test_without_a_pin_and_a_version_nothing_is_continued(get, file):
    free = {"sha256": None, "size": None}
    with pytest.raises(NotFetched):
        get(cut, transfer=Transfer(attempts=1), **free)
    file.with_name(".x.png.version").unlink()
    assert get(**free) == [None]
    assert file.read_bytes() == CONTENT


def test_the_bytes_are_asked_for_as_they_are(get):
    accepted: list[str] = []

    def noting(request, content: bytes) -> None:
        accepted.append(request.headers["Accept-Encoding"])
        whole(request, content)

    get(noting)
    assert accepted == ["identity"]  # a compressed answer would have other ranges


def test_a_whole_part_is_verified_without_asking(get, file):
    file.parent.mkdir()
    Part(file).file.write_bytes(CONTENT)
    assert get() == []
    assert file.read_bytes() == CONTENT


def test_a_part_that_is_too_long_is_thrown_away(get, file):
    file.parent.mkdir()
    Part(file).file.write_bytes(CONTENT + b"more")
    assert get() == [None]
    assert file.read_bytes() == CONTENT


def test_a_right_file_stays_and_a_wrong_one_is_replaced(get, file):
    get()
    assert get() == []
    file.write_bytes(b"damaged")
    assert get() == [None]
    assert file.read_bytes() == CONTENT


def test_the_pause_doubles(get, pauses):
    get(*[status(500)] * 4, transfer=Transfer(attempts=5, pause=1))
    assert pauses == [1, 2, 4, 8]


def test_the_server_may_ask_for_a_longer_pause_within_bounds(get, pauses):
    steps = [status(429, Retry_After="7"), status(503, Retry_After="9999"), status(429)]
    get(*steps, transfer=Transfer(attempts=5, pause=1, longest=60))
    assert pauses == [7, 60, 4]


def test_the_server_may_name_a_date(get, pauses):
    get(status(429, Retry_After=formatdate(time() + 30, usegmt=True)))
    assert 20 < pauses[0] <= 30
    get(status(429, Retry_After="soon"), sha256=None)
    assert pauses[1:] == []  # the file is there: nobody was asked
    get(status(429, Retry_After="soon"), content=b"x", sha256=sha256(b"x"), size=1)
    assert pauses[1:] == [FAST.pause]


def test_where_nobody_answers_it_is_tried_again_and_said(alone, pauses):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/x.png"
        with pytest.raises(Unreachable, match=r"x\.png could not be fetched .* \(3 attempts\)"):
            download(address, alone / "x.png", sha256=None, size=None, transfer=FAST)
    assert len(pauses) == 2


def test_an_address_that_is_none_is_refused_at_once(alone, pauses):
    with pytest.raises(NotFetched, match="could not be fetched from http://"):
        download("http://:80:80/x", alone / "x", sha256=None, size=None, transfer=FAST)
    assert pauses == []


def test_progress_counts_the_bytes_that_came(get):
    counted: list[int] = []
    get(cut, progress=counted.append)
    assert sum(counted) == len(CONTENT)


def slowly(request, content: bytes) -> None:
    request.over.wait(0.5)
    whole(request, content)


def test_two_processes_download_a_file_once(server, file):
    server.pages["/x.png"], server.steps["/x.png"] = CONTENT, [slowly]
    spawn = multiprocessing.get_context("spawn")
    pins = {"sha256": SHA256, "size": len(CONTENT)}
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        address = f"{server.address}/x.png"
        jobs = [pool.submit(download, address, file, **pins) for _ in range(2)]
    assert [job.result() for job in jobs] == [(len(CONTENT), SHA256)] * 2
    assert server.asked == [("/x.png", None)]
    assert file.read_bytes() == CONTENT


class FullDisk:
    """A stream that takes nothing."""

    def __init__(self, code: int) -> None:
        self.code = code

    def __enter__(self) -> "FullDisk":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def write(self, _: bytes) -> None:
        raise OSError(self.code, "refused")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_and_leaves_nothing(get, file, monkeypatch, code):
    monkeypatch.setattr(Part, "open", lambda self: self.file.touch() or FullDisk(code))
    with pytest.raises(DiskError, match=rf"disk is full: x\.png needs {len(CONTENT)} bytes in "):
        get()
    assert get.asked == [None]  # no use in trying again
    assert shown(file.parent) == [] and not Part(file).file.exists()


def test_what_else_the_disk_refuses_is_said(get, file, monkeypatch):
    monkeypatch.setattr(Part, "open", lambda self: FullDisk(errno.EROFS))
    with pytest.raises(DiskError, match=r"x\.png cannot be written: .*refused"):
        get()


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 64 KiB, where one may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("may not mount a tmpfs")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_up_is_left_as_it_was(server, small_disk):
    server.pages["/x.png"] = bytes(1 << 20)
    pins = {"sha256": sha256(bytes(1 << 20)), "size": 1 << 20, "transfer": FAST}
    with pytest.raises(DiskError, match=r"needs 1048576 bytes in .*disk, \d+ are free"):
        download(f"{server.address}/x.png", small_disk / "x.png", **pins)
    assert [file.name for file in small_disk.iterdir() if file.stat().st_size] == []
    assert shown(small_disk) == []
