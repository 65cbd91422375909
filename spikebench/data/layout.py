"""Where the files of one role lie in an archive or a provided folder."""

import re
from functools import cached_property
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, field_validator, model_validator

from spikebench.data.entry import Role

# What stands for a part of a path in `path`, and the suffixes of files without one there
PLACEHOLDERS = {"{name}": "name", "{folder}": "folder"}
SUFFIXES = r"\.(?i:png|jpe?g|bmp|tiff?|webp|jp2|p[bgp]m)"


class Layout(BaseModel):
    """Where the files of one role lie.

    `pattern` is a regular expression, searched in each path (with "/", relative to the root); its
    group `name` is the image's name. `path` is the simpler form, such as "sharp/{name}_gt.png":
    `{name}` stands for the image's name; without a suffix behind it any image file will do. Where
    images of several folders share their names, `{folder}` stands for the folder, and the image is
    called <folder>_<name>. Folders may lie before the first that is written.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Role = Field(description="target or degraded")
    scale: PositiveInt | None = Field(default=None, description="the factor of super-resolution")
    pattern: str | None = Field(
        default=None, description="a regular expression with a group (?P<name>...)"
    )
    path: str | None = Field(default=None, description="a path with {name}, as input/{name}.png")

    @field_validator("pattern")
    @classmethod
    def _has_a_name(cls, pattern: str) -> str:
        try:
            groups = re.compile(pattern).groupindex
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from None
        if "name" not in groups:
            raise ValueError("needs a group (?P<name>...) for the image's name")
        return pattern

    @field_validator("path")
    @classmethod
    def _has_each_placeholder_once(cls, path: str) -> str:
        rest = path
        for placeholder in PLACEHOLDERS:
            rest = rest.replace(placeholder, "", 1)
        if "{name}" not in path or "{" in rest or "}" in rest:
            raise ValueError("needs {name} for the image's name, may have {folder}, each once")
        return path

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.pattern is None) == (self.path is None):
            raise ValueError("needs either a `path` or a `pattern`")
        return self

    @property
    def written(self) -> str:
        """The path or pattern, as the manifest has it."""
        return str(self.path or self.pattern)

    @property
    def literal(self) -> int:
        """How many characters of a file's path are fixed by `path`; 0 with a `pattern`."""
        return len(re.sub(r"\{\w+\}", "", self.path or ""))

    def name_of(self, path: str) -> str | None:
        """Return the name of the image whose file lies at `path`, None where none of it does."""
        match = self._regex.search(path)
        if match is None:
            return None
        found = match.groupdict()
        return (
            f"{found['folder']}_{found['name']}"
            if self.path and "folder" in found
            else match["name"]
        )

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        if self.path is None:
            return re.compile(str(self.pattern))
        pieces = re.split(r"(\{\w+\})", self.path)
        body = "".join(
            rf"(?P<{PLACEHOLDERS[piece]}>[^/]+)" if piece in PLACEHOLDERS else re.escape(piece)
            for piece in pieces
        )
        return re.compile(rf"^(?:.*/)?{body}{'' if '.' in pieces[-1] else SUFFIXES}$")
