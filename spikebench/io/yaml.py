"""Reading files that people write, and what is wrong with one as a message a user can act on.

A field's `description` says what the field holds ("a list of dataset names"), so that the same
words serve the JSON schema, an editor's tooltip and the error message.
"""

import difflib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from yaml.reader import ReaderError

from spikebench.errors import BenchError
from spikebench.io.yaml_keys import RepeatedKey, repeated_keys

Location = tuple[int | str, ...]


def read_yaml(file: Path) -> Any:
    """Return what a YAML file holds; a byte-order mark and CRLF line ends do not matter.

    Raises `BenchError` where it cannot be read or is no YAML, with the line that is wrong, and
    where a mapping holds a key twice, with a line of the message for each such key.
    """
    text = _text(file)
    try:
        return _parse(text, file)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # 2024-99-99; [[[[...
        raise BenchError(f"{file}: is not YAML{_mistake(error, text)}") from None


def explain(error: ValidationError, model: type[BaseModel], data: Any, place: str) -> str:
    """Return one line per mistake: `place`, the key, what was expected there and what was found.

    `data` is what was validated against `model`; `place` names the file it came from.
    """
    lines = [f"{place}: {_line(detail, model, data)}" for detail in error.errors()]
    return "\n".join(dict.fromkeys(lines))  # each branch of a union reports the same mistake


def completed(content: dict[str, Any], known: dict[str, Any], place: str, why: str) -> dict:
    """Return what a file holds with what is `known` from elsewhere.

    Raises `BenchError` where the file says that, too: one of the two would be dropped in silence.
    `why` says where it is known from.
    """
    if said := [key for key in known if key in content]:
        raise BenchError(f"{place}: `{said[0]}` does not stand in this file: {why}. Delete it.")
    return content | known


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the known name closest to `name`, or "" if none is close."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean '{close[0]}'?" if close else ""


def _text(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BenchError(f"{file}: cannot be read ({error.strerror}). Name a YAML file.") from None
    except UnicodeDecodeError as error:
        line, byte = error.object.count(b"\n", 0, error.start) + 1, error.object[error.start]
        raise BenchError(
            f"{file}: is not UTF-8 text: line {line} has the byte 0x{byte:02x}. Save it as UTF-8."
        ) from None
    return text.replace("\t", " ") if _is_json(text) else text


def _is_json(text: str) -> bool:
    """Tell whether a text is JSON: that is YAML but for tabs, which stand outside its strings."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _parse(text: str, file: Path) -> Any:
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        if repeated := list(repeated_keys(loader, node)):
            raise BenchError("\n".join(f"{file}: {_repeated(key)}" for key in repeated))
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _repeated(key: RepeatedKey) -> str:
    *first, last = map(str, key.lines)
    return (
        f"line {last}: `{_dotted(key.location)}` stands in line {', '.join(first)} already. "
        "Keep one of them, or rename one."
    )


def _mistake(error: Exception, text: str) -> str:
    """Return ", line N: what is wrong there" as one sentence, as far as PyYAML tells."""
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return f", line {line}: the character U+{ord(text[error.position]):04X} is not allowed."
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return f": {error}"
    what = ", ".join(filter(None, [error.context, error.problem]))
    advice = " Write spaces in place of tabs." if "'\\t'" in what else ""
    return f", line {error.problem_mark.line + 1}: {what}.{advice}"


def _line(detail: ErrorDetails, model: type[BaseModel], data: Any) -> str:
    if _is_key(detail):
        return _no_text(detail)
    location, (present, found) = detail["loc"], _follow(detail["loc"], data)
    key = _dotted(present)
    match detail["type"]:
        case "extra_forbidden":
            known = _owner(location[:-1], model).model_fields
            hint = suggestion(str(location[-1]), known)
            return f"unknown key `{key}`.{hint} Known keys: {', '.join(known)}."
        case "missing":
            return f"`{_dotted(location)}` is missing. It holds {_meaning(location, model)}."
        case "value_error":
            return f"`{key}` {detail['ctx']['error']}"
        case _:
            return f"`{key}` is {repr(found)[:80]}. Expected: {_meaning(location, model)}."


def _is_key(detail: ErrorDetails) -> bool:
    """Tell whether a mistake is a key that is no text: pydantic marks it in one of two ways."""
    marked = detail["type"] == "string_type" and detail["loc"][-1:] == ("[key]",)
    return marked or detail["type"] == "invalid_key"


def _no_text(detail: ErrorDetails) -> str:
    depth = -2 if detail["type"] == "string_type" else -1
    above = _dotted(detail["loc"][:depth])
    return (
        f"{f'`{above}` has' if above else 'there is'} the key {detail['input']!r}, which is no "
        "text. YAML takes no, yes, on, off, null and numbers for text only in quotes, such as 'no'."
    )


def _dotted(location: Location) -> str:
    return ".".join(map(str, location))


def _follow(location: Location, data: Any) -> tuple[Location, Any]:
    """Return as much of a location as `data` holds, and its value; the rest are pydantic's tags."""
    for depth, part in enumerate(location):
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return location[:depth], data
    return location, data


def _fields(location: Location, model: type[BaseModel]) -> Iterator[tuple[FieldInfo, type]]:
    """Yield the fields a location passes through, each with the model that its value holds."""
    for part in location:
        if part in model.model_fields:
            field = model.model_fields[part]
            model = _inner_model(field.annotation) or model
            yield field, model


def _owner(location: Location, model: type[BaseModel]) -> type[BaseModel]:
    return [model, *(inner for _, inner in _fields(location, model))][-1]


def _meaning(location: Location, model: type[BaseModel]) -> str:
    described = [field.description for field, _ in _fields(location, model) if field.description]
    return described[-1] if described else "a mapping"


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside an annotation such as `dict[str, Row]` or `list[Row]`, if any."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_inner_model, get_args(annotation))), None)
