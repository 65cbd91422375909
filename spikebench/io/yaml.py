"""Reading files that people write, and what is wrong with one as a message a user can act on.

A field's `description` says what the field holds ("a list of dataset names"), so that the same
words serve the JSON schema, an editor's tooltip and the error message.
"""

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from spikebench.errors import BenchError

Location = tuple[int | str, ...]


def read_yaml(file: Path) -> Any:
    """Return what a YAML file holds. Raises `BenchError` where it cannot be read or is no YAML."""
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BenchError(f"{file}: cannot be read ({error.strerror}). Name a YAML file.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # 2024-99-99; [[[[...
        raise BenchError(f"{file}: is not YAML: {error}") from None


def explain(error: ValidationError, model: type[BaseModel], data: Any, place: str) -> str:
    """Return one line per mistake: `place`, the key, what was expected there and what was found.

    `data` is what was validated against `model`; `place` names the file it came from.
    """
    lines = [f"{place}: {_line(detail, model, data)}" for detail in error.errors()]
    return "\n".join(dict.fromkeys(lines))  # each branch of a union reports the same mistake


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the known name closest to `name`, or "" if none is close."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean '{close[0]}'?" if close else ""


def _line(detail: ErrorDetails, model: type[BaseModel], data: Any) -> str:
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
