"""Record the calls of a forward pass, with real sizes where the network asks for them.

A network that asks no tensor for its size is traced without values, and its trace serves every
image. One that does (`b, c, h, w = x.shape`, windows, padding to a multiple) is traced with an
image: every call is computed as it is recorded, sizes are plain numbers, and the trace serves
images of this size alone. What depends on the values of a tensor is refused, by module and line.
"""

import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

import torch
import torch.fx
from torch import Tensor, nn
from torch.fx.node import map_aggregate

from spikebench.errors import BenchError
from spikebench.snn.graph.tracing.parts import SPLITS, split_of

LIBRARY = (str(Path(torch.__file__).parent), str(Path(__file__).parent), "<")


class SizeAskedError(Exception):
    """The forward pass asked a tensor for its size, and no image is given."""


class Tracer(torch.fx.Tracer):
    """Traces a module in evaluation mode, with the values for `example` (N, C, H, W) if given.

    `sized` says after a trace whether a size was asked for. Arguments of the forward pass that have
    a default keep it.
    """

    def __init__(self, example: Tensor | None = None) -> None:
        super().__init__()
        self.example = example
        self.sized = False
        self.failed_in = ""  # module path of the call that raised
        self._computing = False

    def proxy(self, node: torch.fx.Node) -> "Seen":
        return Seen(node, self)

    def create_proxy(
        self, kind: str, target: Any, args: Any, kwargs: Any, *rest: Any, **more: Any
    ) -> Any:
        if kind == "placeholder" and args:
            return args[0]
        proxy: Any = super().create_proxy(kind, target, args, kwargs, *rest, **more)
        if self.example is not None:
            proxy.seen = self._value(kind, target, args, kwargs)
        elif split_of(kind, target) in SPLITS:
            raise SizeAskedError  # into how many parts?
        return tuple(proxy) if isinstance(proxy.seen, tuple | list) else proxy

    def call_module(self, m: nn.Module, forward: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        if self._computing:
            return forward(*args, **kwargs)
        try:
            return super().call_module(m, forward, args, kwargs)
        except Exception:
            self.failed_in = self.failed_in or self.path_of_module(m)
            raise

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        if self._computing:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)

    def asked(self) -> None:
        """Note that a size was asked for. Raises `SizeAskedError` where none is known."""
        if self.example is None:
            raise SizeAskedError
        self.sized = True

    def refuse(self, what: str) -> NoReturn:
        """Raise `BenchError` for what depends on a tensor's values, naming module and line."""
        stack = [frame for frame, _ in traceback.walk_stack(sys._getframe(1))]
        found = ((f.f_code.co_filename, f.f_lineno) for f in stack)
        file, line = next(place for place in found if not place[0].startswith(LIBRARY))
        scope = self.scope.module_path
        module = f"module {scope} ({self.scope.module_type.__name__})" if scope else "the network"
        raise BenchError(
            f"{type(self.root).__name__} cannot be traced: {what} in {module}, {file} line {line}. "
            "Its forward pass must not branch or loop on tensor values; move such code out of the "
            "network."
        )

    def _value(self, kind: str, target: Any, args: Any, kwargs: Any) -> Any:
        if kind == "placeholder":
            return self.example
        args, kwargs = map_aggregate((args, kwargs), _seen)
        self._computing = True
        try:
            with torch.no_grad():
                return self._computed(kind, target, args, kwargs)
        finally:
            self._computing = False

    def _computed(self, kind: str, target: Any, args: Any, kwargs: Any) -> Any:
        if kind == "call_module":
            return self.root.get_submodule(target).forward(*args, **kwargs)
        if kind == "call_method":
            return getattr(args[0], target)(*args[1:], **kwargs)
        if kind == "get_attr":
            return attribute(self.root, target)
        return target(*args, **kwargs) if kind == "call_function" else None


class Seen(torch.fx.Proxy):
    """A traced tensor that knows its value, `seen`, if the trace computes values."""

    seen: Any = None
    tracer: Tracer

    @property
    def shape(self) -> torch.Size:
        self.tracer.asked()
        return torch.Size(self.seen.shape)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def dtype(self) -> torch.dtype:
        return self._known().dtype

    @property
    def device(self) -> torch.device:
        return self._known().device

    @property
    def is_cuda(self) -> bool:
        return self._known().is_cuda

    def size(self, dim: int | None = None) -> Any:
        return self.shape if dim is None else self.shape[dim]

    def dim(self) -> int:
        return len(self.shape)

    def numel(self) -> int:
        return self.shape.numel()

    def is_contiguous(self) -> bool:
        return self._known().is_contiguous()

    def item(self) -> NoReturn:
        self.tracer.refuse("a value is read out of a tensor")

    def tolist(self) -> NoReturn:
        self.item()

    def __len__(self) -> int:
        if not isinstance(self.seen, tuple | list):  # else it is how many parts a call gives
            self.tracer.asked()
        return len(self.seen)

    def __iter__(self) -> Iterator[Any]:
        parts: Any = self
        return iter([parts[index] for index in range(len(self))])

    def __bool__(self) -> bool:
        self.tracer.refuse("a condition on a tensor's values")

    def __int__(self) -> int:
        self.tracer.refuse("a tensor's value is made a whole number")

    def __float__(self) -> float:
        self.tracer.refuse("a tensor's value is made a number")

    def __index__(self) -> int:
        self.tracer.refuse("a tensor's value is an index")

    def _known(self) -> Tensor:
        if not isinstance(self.seen, Tensor):
            raise SizeAskedError
        return self.seen


def attribute(root: Any, path: str) -> Any:
    """Return the attribute of a module at a dotted path."""
    for part in path.split("."):
        root = getattr(root, part)
    return root


def line_of(error: BaseException) -> str:
    """Return the last line outside PyTorch that an exception passed, ", file line n", or ""."""
    place, found = error.__traceback__, ""
    while isinstance(place, TracebackType):
        file = place.tb_frame.f_code.co_filename
        if not file.startswith(LIBRARY):
            found = f", {file} line {place.tb_lineno}"
        place = place.tb_next
    return found


def _seen(value: Any) -> Any:
    return value.seen if isinstance(value, Seen) else value
