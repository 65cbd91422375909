"""What a file must be, as far as it is known before it is here."""

from dataclasses import dataclass
from pathlib import Path

from spikebench.errors import BenchError
from spikebench.io.checksums import file_sha256

Found = tuple[int, str]  # size in bytes, SHA-256
HINT = "The source is damaged or was changed: try again, or mend the mirror."


class WrongBytes(BenchError):
    """A file arrived whole and is not the expected one."""


def measured(file: Path) -> Found:
    """Return the size and the SHA-256 of a file."""
    return file.stat().st_size, file_sha256(file)


@dataclass(frozen=True)
class Expected:
    """A file's size and SHA-256, or the first digits of it; None for what is not known.

    `hint` says how to mend a file that is another one.
    """

    sha256: str | None = None
    size: int | None = None
    hint: str = HINT

    def fits(self, found: Found) -> bool:
        """Tell whether a file of this size and hash is the expected one."""
        size, sha256 = found
        return self.size in (None, size) and sha256.startswith(self.sha256 or "")

    def check(self, file: Path, name: str, source: str) -> Found:
        """Return what the file is. Raises `WrongBytes` naming `source` if it is another one."""
        found = measured(file)
        if not self.fits(found):
            raise WrongBytes(
                f"{name} from {source} has {found[0]} bytes and SHA-256 {found[1]}; "
                f"expected {self}. {self.hint}"
            )
        return found

    def check_length(self, length: int, name: str, source: str) -> None:
        """Raise `WrongBytes` if the beginning of a file is longer than all of it should be."""
        if self.size is not None and length > self.size:
            raise WrongBytes(
                f"{name} from {source} is longer than the expected {self.size} bytes. {self.hint}"
            )

    def __str__(self) -> str:
        size = "" if self.size is None else f"{self.size} bytes and "
        whole = self.sha256 is None or len(self.sha256) == 64
        return f"{size}{self.sha256}" if whole else f"{size}a hash that begins with {self.sha256}"
