"""The arithmetic of an ANN, counted by fvcore."""

from fvcore.nn import FlopCountAnalysis
from torch import Tensor, nn


def dense_macs(module: nn.Module, image: Tensor) -> int:
    """Return the multiply-accumulates of `module` on `image` (N, C, h, w), zeros included.

    One fused multiply-add is one MAC, fvcore's convention. Convolutions, transposed convolutions
    and linear layers are counted. Not counted, because fvcore has no rule for them: ReLU, sums,
    pixel shuffle and the fixed bicubic interpolation of a global skip (16 MAC per output pixel).
    """
    analysis = FlopCountAnalysis(module, image).tracer_warnings("none")
    analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return int(analysis.total())
