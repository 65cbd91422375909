"""The arithmetic of an ANN, counted by fvcore."""

from functools import lru_cache

import torch
from fvcore.nn import FlopCountAnalysis
from torch import Tensor, nn

# Operations that fvcore has a rule for and that are not counted here.
WITHOUT_WEIGHTS = (
    *("aten::batch_norm", "aten::upsample_nearest2d", "aten::upsample_bilinear2d"),
    *("aten::adaptive_avg_pool2d", "aten::layer_norm", "aten::group_norm", "aten::instance_norm"),
    *("aten::matmul", "aten::bmm", "aten::einsum"),
)


def dense_macs(module: nn.Module, image: Tensor) -> int:
    """Return the multiply-accumulates of `module` on `image` (N, C, h, w), zeros included.

    One fused multiply-add is one MAC, fvcore's convention. Convolutions, transposed convolutions
    and linear layers are counted. Not counted: BatchNorm, which is folded into the convolution
    before it, and what has no weights: ReLU, sums, pools, pixel shuffle, up-sampling, the fixed
    bicubic interpolation of a global skip (16 MAC per output pixel), and analogue nodes such as
    gates, norms and products of activations, which are counted layer by layer.
    """
    return _of_shape(module, tuple(image.shape), image.dtype, image.device)


@lru_cache(maxsize=16)  # the pass behind it costs as much as restoring the image
def _of_shape(
    module: nn.Module, shape: tuple[int, ...], dtype: torch.dtype, device: torch.device
) -> int:
    image = torch.zeros(shape, dtype=dtype, device=device)
    analysis = FlopCountAnalysis(module, image).tracer_warnings("none")
    analysis.set_op_handle(**dict.fromkeys(WITHOUT_WEIGHTS, lambda inputs, outputs: 0))
    analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return int(analysis.total())
