"""A server on this machine that misbehaves as it is told; data sets as for spikebench.data."""

import hashlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
from PIL import Image

from spikebench.data.fetch import mirror
from spikebench.data.fetch.transfer import Transfer
from tests.data.conftest import spec, write_pixels

__all__ = ["spec", "write_pixels"]  # fixtures

CONTENT = b"spikes" * 100


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def png(shade: int, height: int = 8, width: int = 8) -> bytes:
    """Return a grey image file."""
    stream = BytesIO()
    Image.fromarray(np.full((height, width), shade, dtype=np.uint8)).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, no mirror and no proxy."""
    monkeypatch.delenv("SPIKEBENCH_MIRROR", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def hasty(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long here."""
    monkeypatch.setattr(mirror, "TRANSFER", Transfer(attempts=2, pause=0.01, timeout=0.3))


def left_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


class Server:
    """Serves `pages` by path. The requests for a path take its `steps` one after the other; then it
    behaves. `asked` keeps path and Range of every request."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.steps: dict[str, list[Callable[[BaseHTTPRequestHandler, bytes], None]]] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.over = Event()
        self.address = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append((request.path, request.headers["Range"]))
        if request.path not in self.pages:
            return status(404)(request, b"")
        steps = self.steps.get(request.path)
        (steps.pop(0) if steps else whole)(request, self.pages[request.path])


@pytest.fixture
def server(alone: Path) -> Iterator[Server]:
    """A server on this machine that misbehaves as it is told."""
    script = Server()

    class Handler(BaseHTTPRequestHandler):
        over = script.over

        def do_GET(self) -> None:
            script.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        script.address = f"http://127.0.0.1:{http.server_port}"
        Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        yield script
        script.over.set()
        http.shutdown()


@pytest.fixture
def served(server: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """A mirror over http, named by the environment; returns the path of an address there."""
    monkeypatch.setenv("SPIKEBENCH_MIRROR", f"{server.address}/m/")
    server.pages["/m/example.org/set/a.png"] = CONTENT
    return lambda name: f"/m/example.org/{name}"


def whole(request: BaseHTTPRequestHandler, content: bytes) -> None:
    """Answer as one should, with the rest if that is asked for and the version is the same."""
    request.wfile.write(_begun(request, content))


def cut(request: BaseHTTPRequestHandler, content: bytes) -> None:
    """Break off in the middle."""
    body = _begun(request, content)
    request.wfile.write(body[: len(body) // 2])


def stall(request: BaseHTTPRequestHandler, content: bytes) -> None:
    """Fall silent in the middle."""
    cut(request, content)
    request.over.wait(5)


def without_ranges(request: BaseHTTPRequestHandler, content: bytes) -> None:
    del request.headers["Range"]
    whole(request, content)


def wrong(request: BaseHTTPRequestHandler, content: bytes) -> None:
    """Serve as many other bytes."""
    del request.headers["Range"]
    whole(request, bytes(255 - byte for byte in content))


def longer(request: BaseHTTPRequestHandler, content: bytes) -> None:
    del request.headers["Range"]
    whole(request, content + b"more")


def shorter(request: BaseHTTPRequestHandler, content: bytes) -> None:
    del request.headers["Range"]
    whole(request, content[:-1])


def ranged(content_range: str | None) -> Callable[[BaseHTTPRequestHandler, bytes], None]:
    """Answer with all bytes and call them a part."""

    def step(request: BaseHTTPRequestHandler, content: bytes) -> None:
        headers = {"Content-Range": content_range} if content_range else {}
        status(206, **headers)(request, content)

    return step


def status(code: int, **headers: str) -> Callable[[BaseHTTPRequestHandler, bytes], None]:
    """Answer with a status; underscores in names of headers are hyphens."""

    def step(request: BaseHTTPRequestHandler, content: bytes) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    return step


def _begun(request: BaseHTTPRequestHandler, content: bytes) -> bytes:
    """Send the head of an answer; return its body."""
    etag, asked = f'"{sha256(content)[:8]}"', request.headers["Range"]
    first = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
    if request.headers["If-Range"] not in (None, etag):
        first = 0
    request.send_response(206 if first else 200)
    if first:
        request.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
    request.send_header("ETag", etag)
    request.send_header("Content-Length", str(len(content) - first))
    request.end_headers()
    return content[first:]
