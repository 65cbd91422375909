"""Checksums of what jobs write, in a file beside each output: damage is found before it is used.

`OUTPUT.sha256` holds one line for OUTPUT, or for each file below it, as sha256sum writes them: in
the same folder `sha256sum --check OUTPUT.sha256` says the same. A file without a seal, such as one
of an earlier version, is taken as it is.
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path
from spikebench.io.checksums import file_sha256

SUFFIX = ".sha256"
ASIDE = ".damaged"


def seal_of(output: Path) -> Path:
    """Return where the seal of a file or folder lies."""
    return output.with_name(output.name + SUFFIX)


def seal(output: Path) -> None:
    """Write down the SHA-256 of a file, or of every file below a folder."""
    files = [output] if output.is_file() else sorted(output.rglob("*"))
    lines = [
        f"{file_sha256(file)}  {file.relative_to(output.parent).as_posix()}\n"
        for file in files
        if file.is_file() and not file.name.startswith(".")
    ]
    with atomic_path(seal_of(output)) as temporary:
        temporary.write_text("".join(lines), encoding="utf-8")


def damage(output: Path) -> list[Path]:
    """Return which files of a sealed output are not what was written; none where it has no seal.

    A seal that does not read as one counts as damaged itself.
    """
    try:
        text = seal_of(output).read_bytes().decode("utf-8")
    except FileNotFoundError:
        return []
    except UnicodeDecodeError:
        return [seal_of(output)]
    entries = [line.split("  ", 1) for line in text.splitlines()]
    names = [output.parent / entry[-1] for entry in entries]
    inside = all(name == output or output in name.parents for name in names)
    if not entries or not inside or not text.endswith("\n") or min(map(len, entries)) < 2:
        return [seal_of(output)]
    return [
        file
        for file, (expected, _) in zip(names, entries, strict=True)
        if not file.is_file() or file_sha256(file) != expected
    ]


def refuse_damage(inputs: Iterable[Path]) -> None:
    """Raise `BenchError` where a file that a job reads is not what another job wrote."""
    if found := [file for path in inputs for file in damage(path)]:
        raise BenchError(
            f"Damaged since it was written: {', '.join(map(str, found))}. Run again: it is then "
            "set aside and made anew."
        )


def set_aside(folders: Sequence[Path]) -> Iterator[tuple[Path, list[Path]]]:
    """Rename every damaged output below `folders`; yield it with the files that are damaged.

    It is kept as OUTPUT.damaged, the last one only.
    """
    for file in sorted(seal for folder in folders for seal in folder.rglob(f"*{SUFFIX}")):
        output = file.with_name(file.name.removesuffix(SUFFIX))
        if ASIDE in str(output) or not output.exists() or not (found := damage(output)):
            continue
        _rename(output)
        file.unlink()
        yield output, found


def awaited(folders: Sequence[Path]) -> list[Path]:
    """Return the outputs below `folders` that were set aside and not made anew since."""
    asides = [aside for folder in folders for aside in folder.rglob(f"*{ASIDE}")]
    outputs = [aside.with_name(aside.name.removesuffix(ASIDE)) for aside in asides]
    return sorted(output for output in outputs if not output.exists())


def _rename(output: Path) -> None:
    aside = output.with_name(output.name + ASIDE)
    if aside.is_dir():
        shutil.rmtree(aside)
    output.replace(aside)
