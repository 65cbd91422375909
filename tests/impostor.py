"""A device that is no device: tensors that say they lie on it, and are computed on the CPU.

It stands in for a GPU where there is none. What reads tensors of two devices at once is refused, as
on a GPU, and each time that a number comes back to the host is counted, since there a GPU is waited
for. The values are the CPU's, so that results can be compared to the bit.

PyTorch's FakeTensorMode finds mixed devices too, but has no values: nothing that reads a number can
run in it, and a build of PyTorch without CUDA cannot lay out its tensors on a device "cuda".
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

NAME = "impostor"
aten = torch.ops.aten
MOVES = {aten._to_copy, aten.copy_, aten.to, aten._copy_from}
READ = {aten._local_scalar_dense, aten.equal, aten.is_nonzero, aten.nonzero, aten.item}


# Made when tests are collected: autograd looks for devices once, when a test first needs it.
_setup_privateuseone_for_python_backend(NAME)


def device() -> torch.device:
    """Return the device; there is one of its kind in a process."""
    return torch.device(NAME, 0)


class OnDevice(Tensor):
    """A tensor that says it lies on the device; `held` are its values."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> "OnDevice":
        """Wrap values; shape, strides and dtype are theirs."""
        with torch.inference_mode(held.is_inference()):
            made: OnDevice = Tensor._make_wrapper_subclass(
                cls,
                held.shape,
                strides=held.stride(),
                storage_offset=held.storage_offset(),
                dtype=held.dtype,
                device=device(),
                requires_grad=False,
            )
        made.held = held
        return made

    def __repr__(self) -> str:  # type: ignore[override]
        return f"OnDevice({self.held!r})"

    @classmethod
    def __torch_dispatch__(
        cls, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:  # outside of `lent`
        raise AssertionError(f"{func} on the device, outside of `lent()`")


class Lent(TorchDispatchMode):
    """Computes on the device.

    `reads` counts by operation how often the host read a number, `calls` every operation there.
    """

    def __init__(self) -> None:
        super().__init__()
        self.reads: Counter[str] = Counter()
        self.calls: Counter[Any] = Counter()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # nothing is compiled here, and PyTorch's compiler takes long to import

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        kwargs = kwargs or {}
        given = [value for value in tree_flatten((args, kwargs))[0] if isinstance(value, Tensor)]
        ours = [value for value in given if isinstance(value, OnDevice)]
        packet = func.overloadpacket
        if packet is aten._has_compatible_shallow_copy_type:  # no tensor is read
            return len(ours) in (0, len(given))
        if ours and packet not in MOVES:
            others = [v for v in given if not isinstance(v, OnDevice) and v.dim()]
            assert not others, f"{func} reads the device and the host: {[v.shape for v in others]}"
        self.calls[packet] += bool(ours)
        if ours and packet in READ:
            self.reads[packet.__name__] += 1
        there = _wanted((args, kwargs), bool(ours))
        if packet is aten.copy_:
            there = isinstance(args[0], OnDevice)
        held_args, held_kwargs = tree_map(_held, (args, kwargs))
        result = func(*held_args, **held_kwargs)
        if packet in MOVES and packet is not aten.copy_ and there != bool(ours):
            self.reads.update([] if there else ["to_host"])
            return OnDevice(result.clone()) if there else result.clone()
        return tree_map(_wrapper(given, there), result) if ours or there else result


def _wanted(arguments: Any, default: bool) -> bool:
    """Tell whether a result lies on the device: where it is asked for, else where inputs do."""
    asked = [value for value in tree_flatten(arguments)[0] if isinstance(value, torch.device)]
    return asked[0].type == NAME if asked else default


def _held(value: Any) -> Any:
    """Return what an operation is given in place of a tensor on the device, or of the device."""
    if isinstance(value, torch.device):
        return torch.device("cpu")
    return value.held if isinstance(value, OnDevice) else value


def _wrapper(given: list[Tensor], there: bool) -> Callable[[Any], Any]:
    """Return what wraps a result: the tensor itself that an operation changed in place."""
    same = {id(value.held): value for value in given if isinstance(value, OnDevice)}

    def wrap(value: Any) -> Any:
        if not isinstance(value, Tensor) or isinstance(value, OnDevice):
            return value
        if id(value) in same:
            return same[id(value)]
        return OnDevice(value) if there else value

    return wrap


@contextmanager
def lent() -> Iterator[Lent]:
    """Lend the device for the block."""
    with Lent() as mode:
        yield mode
