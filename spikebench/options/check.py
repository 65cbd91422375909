"""Whether a method has an option and a value is in its range, and what to say if not."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError

from spikebench.errors import BenchError

TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "a text",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}
BOUNDS = {
    "minimum": "at least {:g}",
    "exclusiveMinimum": "above {:g}",
    "maximum": "at most {:g}",
    "exclusiveMaximum": "below {:g}",
    "multipleOf": "a multiple of {:g}",
}


def accepted(
    method: str, option: str, value: Any, known: Mapping[str, Any], renamed: Mapping[str, str]
) -> Any:
    """Return a value of a configuration as the method's option takes it, a list as its tuple.

    `known` holds the types of the method's options, `renamed` what options of an earlier version
    are now. Raises `BenchError` where the method has no such option, and where the value is
    of another type or out of range; a float has to be finite.
    """
    if option in renamed:
        raise BenchError(
            f"Method '{method}': the option '{option}' is now {renamed[option]}. Write that in the "
            "row of the configuration."
        )
    if option not in known:
        raise BenchError(
            f"Method '{method}' has no option '{option}'. "
            f"Its options are: {', '.join(sorted(known)) or 'none'}."
        )
    try:
        return _adapter(known[option]).validate_json(json.dumps(value, default=str))
    except ValidationError:
        raise BenchError(
            f"Method '{method}', option '{option}': expected {in_words(known[option])}, "
            f"got {value!r}."
        ) from None
    except PydanticUserError:
        raise BenchError(
            f"Method '{method}', option '{option}': no configuration can hold a value of the type "
            f"{in_words(known[option])}. Annotate it with another."
        ) from None


def in_words(hint: Any) -> str:
    """Return the values of an option's type in words: "a number above 0 and at most 100"."""
    try:
        return _in_words(_adapter(hint).json_schema())
    except PydanticUserError:  # a type of the method's own that has no schema
        return str(getattr(hint, "__name__", hint))


def _in_words(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(map(_in_words, schema["anyOf"]))
    choices = schema.get("enum", [schema["const"]] if "const" in schema else [])
    if choices:
        return f"one of {', '.join(map(str, choices))}" if len(choices) > 1 else str(choices[0])
    kind = TYPES.get(schema.get("type", ""), "any value")
    if {"minimum", "maximum"} <= schema.keys():
        return f"{kind} from {schema['minimum']:g} to {schema['maximum']:g}"
    bounds = [words.format(schema[key]) for key, words in BOUNDS.items() if key in schema]
    return " ".join([kind, " and ".join(bounds)]).rstrip()


@cache
def _adapter(hint: Any) -> TypeAdapter[Any]:
    return TypeAdapter(hint, config=ConfigDict(strict=True, allow_inf_nan=False))
