"""Parts of a converted network that are saved by name and rebuilt without pickle."""

import dataclasses
from typing import Any, ClassVar, Self

import torch
from torch import Tensor

from spikebench.errors import BenchError


class Component:
    """A dataclass that can be written as (class name, plain values, tensors) and read again.

    Every subclass registers itself under its class name, so a method file may define neurons,
    readouts or protocols of its own. Fields hold tensors or JSON values, nothing else.
    """

    registry: ClassVar[dict[str, type["Component"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Component.registry[cls.__name__] = cls

    def to_record(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Return the JSON part, with the class name under "class", and the tensors by field."""
        values: dict[str, Any] = {"class": type(self).__name__}
        tensors: dict[str, Tensor] = {}
        for name, value in self._held().items():
            if isinstance(value, Tensor):
                tensors[name] = value.contiguous()
            else:
                values[name] = value
        return values, tensors

    @staticmethod
    def from_record(values: dict[str, Any], tensors: dict[str, Tensor]) -> "Component":
        """Rebuild what `to_record` wrote. Raises `BenchError` for a class nobody defined."""
        name = values["class"]
        if name not in Component.registry:
            raise BenchError(
                f"The converted network holds a '{name}', which no loaded file defines. "
                "Load the method file that defines it first, or convert the network again."
            )
        options = {key: value for key, value in values.items() if key != "class"}
        return Component.registry[name](**options, **tensors)

    def to(self, place: torch.dtype | torch.device) -> Self:
        """Return a copy whose tensors have the given dtype, or lie on the given device."""
        held = self._held()
        tensors = {name: v.to(place) for name, v in held.items() if isinstance(v, Tensor)}
        return type(self)(**held | tensors)

    def _held(self) -> dict[str, Any]:
        """Return the fields by name. Raises `TypeError` for a class that is no dataclass."""
        if not dataclasses.is_dataclass(self):
            raise TypeError(f"{type(self).__name__} is no dataclass, so nothing of it is saved.")
        return {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}
