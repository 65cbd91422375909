"""Keys that stand twice in one mapping of a YAML file.

YAML forbids them, and PyYAML keeps the last one in silence: of two rows of one name in a
configuration the first would be gone.
"""

from collections.abc import Hashable, Iterator
from typing import NamedTuple

from yaml import MappingNode, Node, SafeLoader, ScalarNode, SequenceNode

# `<<` and `=`: PyYAML only gives them a meaning when it builds the mapping that holds them.
WITHOUT_VALUE = ("tag:yaml.org,2002:merge", "tag:yaml.org,2002:value")


class RepeatedKey(NamedTuple):
    """Where a key stands, with the keys above it (a list's entries by position), and its lines."""

    location: tuple[int | str, ...]
    lines: list[int]


def repeated_keys(loader: SafeLoader, root: Node) -> Iterator[RepeatedKey]:
    """Yield every key of a composed document that its mapping holds more than once.

    Keys are compared as Python compares them, since a `dict` is what they end in: `1` and `0x1`,
    `yes` and `true` are the same. Raises `yaml.YAMLError` or `ValueError` for a key without value.
    """
    yield from _below(loader, root, (), set())


def _below(
    loader: SafeLoader, node: Node, location: tuple[int | str, ...], seen: set[int]
) -> Iterator[RepeatedKey]:
    if id(node) in seen:  # an alias; it may even hold itself
        return
    seen.add(id(node))
    if isinstance(node, SequenceNode):
        for position, item in enumerate(node.value):
            yield from _below(loader, item, (*location, position), seen)
    elif isinstance(node, MappingNode):
        yield from _own(loader, node, location)
        for key, value in node.value:
            yield from _below(loader, value, (*location, str(key.value)), seen)


def _own(
    loader: SafeLoader, mapping: MappingNode, location: tuple[int | str, ...]
) -> Iterator[RepeatedKey]:
    found: dict[Hashable, list[ScalarNode]] = {}
    for key, _ in mapping.value:
        if isinstance(key, ScalarNode):  # a list or a mapping is refused as a key later on
            found.setdefault(_value(loader, key), []).append(key)
    for keys in found.values():
        if len(keys) > 1:
            lines = [key.start_mark.line + 1 for key in keys]
            yield RepeatedKey((*location, keys[0].value), lines)


def _value(loader: SafeLoader, key: ScalarNode) -> Hashable:
    value: Hashable = key.value if key.tag in WITHOUT_VALUE else loader.construct_object(key)
    return value
