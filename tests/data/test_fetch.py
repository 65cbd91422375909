"""Fetching from folders and a server on this machine; nothing here leaves it."""

import hashlib
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from spikebench.data.fetch import fetch_dataset, fetch_file
from spikebench.errors import BenchError
from tests.data.conftest import file_entry

CONTENT = b"spikes" * 100
SHA256 = hashlib.sha256(CONTENT).hexdigest()
URL = "https://example.org/set/a.png"


class Handler(BaseHTTPRequestHandler):
    """Serve CONTENT below /m/example.org/; a path with `cut` ends early, with `gone` is missing."""

    def do_GET(self) -> None:
        known = self.path.startswith("/m/example.org/") and "gone" not in self.path
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[: len(CONTENT) // 2] if "cut" in self.path else CONTENT)

    def log_message(self, *_) -> None:
        pass


@pytest.fixture(autouse=True)
def direct(monkeypatch):
    """Take away the environment's mirror and proxies."""
    monkeypatch.delenv("SPIKEBENCH_MIRROR", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture(scope="module")
def served():
    """The address of a mirror over http."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/m/"
        server.shutdown()


@pytest.fixture
def mirrored(tmp_path) -> str:
    """A mirror in a folder that holds a.png right, short.png cut and other.png wrong."""
    folder = tmp_path / "mirror/example.org/set"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(CONTENT)
    (folder / "short.png").write_bytes(CONTENT[:-1])
    (folder / "other.png").write_bytes(CONTENT[::-1])
    return str(tmp_path / "mirror")


def closed_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def left_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def test_a_folder_serves_as_mirror(tmp_path, mirrored):
    fetch_file(URL, tmp_path / "out/a.png", SHA256, len(CONTENT), mirrored)
    assert (tmp_path / "out/a.png").read_bytes() == CONTENT
    assert left_in(tmp_path / "out") == ["a.png"]


def test_an_address_serves_as_mirror(tmp_path, served):
    fetch_file(URL, tmp_path / "out/a.png", SHA256, len(CONTENT), served)
    assert (tmp_path / "out/a.png").read_bytes() == CONTENT


def test_the_environment_names_the_mirror(tmp_path, mirrored, monkeypatch):
    monkeypatch.setenv("SPIKEBENCH_MIRROR", mirrored)
    fetch_file(URL, tmp_path / "a.png", SHA256, len(CONTENT))
    assert (tmp_path / "a.png").read_bytes() == CONTENT


def test_without_a_mirror_the_public_address_is_asked(tmp_path, served):
    fetch_file(f"{served}example.org/a.png", tmp_path / "a.png", SHA256, len(CONTENT))
    assert (tmp_path / "a.png").read_bytes() == CONTENT


def test_a_file_that_is_there_and_right_is_not_fetched_again(tmp_path):
    (tmp_path / "a.png").write_bytes(CONTENT)
    before = (tmp_path / "a.png").stat().st_mtime_ns
    fetch_file(URL, tmp_path / "a.png", SHA256, len(CONTENT), str(tmp_path / "no mirror"))
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


@pytest.mark.parametrize("name", ["cut", "gone"], ids=["a broken transfer", "404"])
def test_a_failed_transfer_is_refused_and_leaves_nothing(tmp_path, served, name):
    with pytest.raises(BenchError, match=r"x\.png could not be fetched from http") as caught:
        fetch_file(f"https://example.org/{name}.png", tmp_path / "out/x.png", SHA256, 600, served)
    assert "SPIKEBENCH_MIRROR" in str(caught.value)
    assert left_in(tmp_path / "out") == []


def test_without_network_and_mirror_file_address_and_setting_are_named(tmp_path):
    url = f"http://127.0.0.1:{closed_port()}/set/a.png"
    with pytest.raises(BenchError) as caught:
        fetch_file(url, tmp_path / "out/a.png", SHA256, len(CONTENT))
    message = str(caught.value)
    assert message.startswith(f"a.png could not be fetched from {url}: ")
    assert "set SPIKEBENCH_MIRROR to a folder or address" in message
    assert left_in(tmp_path / "out") == []


def test_a_failed_fetch_keeps_the_file_that_was_there(tmp_path, mirrored):
    (tmp_path / "a.png").write_bytes(b"old")
    with pytest.raises(BenchError):
        fetch_file("https://example.org/gone.png", tmp_path / "a.png", SHA256, 600, mirrored)
    assert (tmp_path / "a.png").read_bytes() == b"old"


def test_a_failed_file_of_a_set_does_not_stop_the_others(tmp_path, mirrored, spec, monkeypatch):
    monkeypatch.setenv("SPIKEBENCH_MIRROR", mirrored)
    pins = {"bytes": len(CONTENT), "sha256": SHA256}
    files = [
        file_entry(name, url=f"https://example.org/set/{name}.png", **pins)
        for name in ("other", "a", "gone")
    ]
    with pytest.raises(BenchError, match=r"'tiny': 2 of 3 files failed") as caught:
        fetch_dataset(spec(files=files), tmp_path / "out")
    assert "other.png" in str(caught.value) and "gone.png" in str(caught.value)
    assert left_in(tmp_path / "out/target") == ["a.png"]
