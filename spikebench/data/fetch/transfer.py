"""One attempt to get the rest of a file over HTTP."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
import urllib3

from spikebench.data.fetch.expected import Expected
from spikebench.data.fetch.part import Part
from spikebench.io.disk import writing

CHUNK = 1 << 18
WHOLE, REST, NO_SUCH_RANGE, TOO_MANY = 200, 206, 416, 429

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Transfer:
    """How patiently an address is asked; times in seconds.

    The pause between two attempts doubles each time. A server may ask for a longer one.
    """

    attempts: int = 5
    pause: float = 1.0
    longest: float = 60.0
    timeout: float = 30.0  # without a byte

    def pause_after(self, attempt: int, asked: float) -> float:
        """Return the pause after an attempt, counted from 1, where the server asked for one."""
        return min(max(self.pause * 2 ** (attempt - 1), asked), self.longest)


@dataclass(eq=False)
class Failure(Exception):
    """Why an attempt failed, whether another one makes sense, and when the server wants it."""

    reason: str
    final: bool = False
    reached: bool = True
    wait: float = 0.0


def attempt(
    url: str, part: Part, expected: Expected, transfer: Transfer, progress: Progress
) -> None:
    """Ask for what `part` lacks and append it. Raises `Failure`, or `DiskError`."""
    if part.size and not (part.version or expected.sha256):
        part.discard()  # nothing would tell the rest of another version
    try:
        with requests.get(
            url, headers=_headers(part), stream=True, timeout=transfer.timeout
        ) as response:
            _check_status(response, part)
            _append(response, part, expected, progress)
    except (requests.ConnectionError, requests.Timeout) as error:
        raise Failure(str(error), reached=isinstance(error, requests.ReadTimeout)) from error
    except urllib3.exceptions.HTTPError as error:  # in the middle of the file
        raise Failure(f"the transfer broke off after {part.size} bytes: {error}") from error
    except requests.RequestException as error:
        raise Failure(str(error), final=True) from error


def _headers(part: Part) -> dict[str, str]:
    headers = {"Accept-Encoding": "identity"}  # a range counts the bytes that are sent
    if part.size:
        headers["Range"] = f"bytes={part.size}-"
        if part.version:
            headers["If-Range"] = part.version
    return headers


def _check_status(response: requests.Response, part: Part) -> None:
    status = response.status_code
    if status in (WHOLE, REST):
        return
    if status == NO_SUCH_RANGE:
        part.discard()
    again = status in (NO_SUCH_RANGE, TOO_MANY) or status >= 500
    reason = f"HTTP {status} {response.reason}"
    raise Failure(reason, final=not again, wait=_retry_after(response))


def _append(
    response: requests.Response, part: Part, expected: Expected, progress: Progress
) -> None:
    with writing(part.destination, expected.size or _length(response)):
        total = _begin(response, part, expected)
        with part.open() as stream:
            # read1 hands over what has come; read would lose it when the connection breaks
            while chunk := response.raw.read1(CHUNK):
                stream.write(chunk)
                progress(len(chunk))
                expected.check_length(stream.tell(), part.destination.name, response.url)
    if total is not None and part.size < total:
        raise Failure(f"the transfer ended after {part.size} of {total} bytes")


def _begin(response: requests.Response, part: Part, expected: Expected) -> int | None:
    """Make the part end where the response begins; return the size of the whole file if known."""
    if response.status_code == WHOLE:
        part.restart(_version(response))
        return expected.size or _length(response)
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    first, total = found.groups() if found else (None, None)
    if first != str(part.size) or _other_version(response, part):
        part.discard()
        raise Failure("the server answered with another range than the one asked for")
    return expected.size or (int(total) if total and total != "*" else None)


def _length(response: requests.Response) -> int | None:
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def _version(response: requests.Response) -> str | None:
    """Return what If-Range accepts: a strong ETag, else the date."""
    etag = response.headers.get("ETag", "")
    return etag if etag.startswith('"') else response.headers.get("Last-Modified")


def _other_version(response: requests.Response, part: Part) -> bool:
    """Tell whether a server that does not know If-Range sent the rest of another version."""
    etag = response.headers.get("ETag", "")
    known = part.version or ""
    return etag.startswith('"') and known.startswith('"') and etag != known


def _retry_after(response: requests.Response) -> float:
    """Return how many seconds the server wants to be left alone: a number, or a date."""
    value = response.headers.get("Retry-After", "")
    if value.isdecimal():
        return float(value)
    try:
        return (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return 0.0
