"""What the kernels are told: the structures of kernels/*.h and *.c, filled from tensors."""

import ctypes
from collections.abc import Iterable

import torch
from torch import Tensor


class Layer(ctypes.Structure):
    """`Layer` of neuron.h: the maps of a layer of neurons."""

    _fields_ = (
        ("v", ctypes.c_void_p),
        ("theta", ctypes.c_void_p),
        ("shift", ctypes.c_void_p),
        ("number", ctypes.c_void_p),
        ("memory", ctypes.c_void_p * 3),
        ("constants", ctypes.c_float * 3),
        ("channels", ctypes.c_int64),
    )


class Input(ctypes.Structure):
    """`Input` of event_conv.c: what a convolution receives."""

    _fields_ = (
        ("numbers", ctypes.c_void_p),
        ("worth", ctypes.c_void_p),
        ("whole", ctypes.c_int32),
        ("width", ctypes.c_int32),
        ("channels", ctypes.c_int32),
        ("step", ctypes.c_int32),
    )


class Census(ctypes.Structure):
    """`Census` of event_conv.c: running counts of some rows of a map."""

    _fields_ = (
        ("count", ctypes.c_void_p),
        ("counts", ctypes.c_void_p),
        ("bytes", ctypes.c_int32),
        ("top", ctypes.c_int32),
        ("bottom", ctypes.c_int32),
    )


class Kernel(ctypes.Structure):
    """`Kernel` of event_conv.c: rows and columns, padding and dilation along each."""

    _fields_ = tuple(
        (name, ctypes.c_int32)
        for name in ("rows", "columns", "padding_y", "padding_x", "dilation_y", "dilation_x")
    )


def address(value: Tensor | None, offset: int = 0) -> int | None:
    """Return where in memory an element of a tensor lies; it must outlive the call."""
    return None if value is None else value.data_ptr() + offset * value.element_size()


def pointer(value: Tensor | None, offset: int = 0) -> ctypes.c_void_p:
    """Return the same as an argument."""
    return ctypes.c_void_p(address(value, offset))


def addresses(items: Iterable[int | None]) -> "ctypes.Array[ctypes.c_void_p]":
    """Return three addresses, the rest of which is null."""
    return (ctypes.c_void_p * 3)(*items)


def floats(items: Iterable[float]) -> "ctypes.Array[ctypes.c_float]":
    """Return three numbers, the rest of which is zero."""
    return (ctypes.c_float * 3)(*items)


def spread(value: Tensor | float, channels: int) -> Tensor:
    """Return one float32 for each channel."""
    flat = torch.as_tensor(value, dtype=torch.float32).flatten()
    return flat.expand(channels).contiguous() if flat.numel() == 1 else flat.contiguous()
