"""Several files written together: all of them or none, and none in the place of another."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path


def refuse_to_replace(files: list[Path], force: bool) -> None:
    """Raise `BenchError` naming the files that are there already, unless `force` is given."""
    there = [str(file) for file in files if file.exists()]
    if there and not force:
        raise BenchError(
            f"There already: {', '.join(there)}. Choose another name by --name, or replace what is "
            "there by --force."
        )


def write_together(texts: Mapping[Path, str], force: bool) -> None:
    """Write UTF-8 texts; if one of them cannot be written, none of them is, nor its folder.

    Raises `BenchError` as `refuse_to_replace` does.
    """
    refuse_to_replace(list(texts), force)
    new_folders = [file.parent for file in texts if not file.parent.exists()]
    try:
        with ExitStack() as all_or_none:
            for file, text in texts.items():
                temporary = all_or_none.enter_context(atomic_path(file))
                temporary.write_text(text, encoding="utf-8")
    except BaseException:
        for folder in new_folders:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        raise
