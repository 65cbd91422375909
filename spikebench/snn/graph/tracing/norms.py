"""BatchNorm in evaluation is a scale and a shift: folded into the layer beside it where that fits.

Pairs are found by execution order in the graph: registration order is not execution order in
residual blocks. The folded layer is a copy, so that other calls of a shared layer keep its weights.
"""

import torch
import torch.fx
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from spikebench.snn.graph.synapse import Synapse
from spikebench.snn.graph.tracing.rewriting import Rewriter

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)
Norm = nn.BatchNorm1d | nn.BatchNorm2d


def fold_norms(traced: torch.fx.GraphModule) -> None:
    """Fold every BatchNorm into the synapse before it, or write it as a scale and a shift.

    It is folded behind a convolution, transposed convolution or linear layer that nothing else
    reads. One that normalises by the statistics of its input stays (it has no running ones).
    """
    for node in list(traced.graph.nodes):
        norm = _module(traced, node)
        if not isinstance(norm, NORMS) or norm.running_mean is None:
            continue
        source = node.args[0]
        assert isinstance(source, torch.fx.Node)
        synapse = _module(traced, source)
        alone = len(source.users) == 1
        if isinstance(synapse, nn.Conv2d | nn.ConvTranspose2d | nn.Linear) and alone:
            name = f"{source.name}_folded"
            traced.add_submodule(name, _folded(synapse, norm))
            source.target = name
            node.replace_all_uses_with(source)
            traced.graph.erase_node(node)
        else:
            _write_out(traced, node, norm)


def scale_and_shift(norm: Norm) -> tuple[Tensor, Tensor]:
    """Return what a BatchNorm multiplies and adds in evaluation, (C,) each."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = torch.rsqrt(norm.running_var + norm.eps)
    if norm.weight is not None:
        scale = scale * norm.weight
    shift = -norm.running_mean * scale
    return scale, shift if norm.bias is None else shift + norm.bias


def _write_out(traced: torch.fx.GraphModule, node: torch.fx.Node, norm: Norm) -> None:
    rewriter = Rewriter(traced, node, f"module {node.target} ({type(norm).__name__})")
    shape = (1, -1, 1, 1) if isinstance(norm, nn.BatchNorm2d) else (1, -1)
    scale, shift = (rewriter.constant(value.view(shape)) for value in scale_and_shift(norm))
    source = node.args[0]
    assert isinstance(source, torch.fx.Node)
    rewriter.replace(rewriter.add(rewriter.mul(source, scale), shift))


def _folded(synapse: Synapse, norm: Norm) -> nn.Module:
    if isinstance(synapse, nn.Linear):
        assert isinstance(norm, nn.BatchNorm1d)
        return fuse_linear_bn_eval(synapse, norm)
    assert isinstance(norm, nn.BatchNorm2d)
    if isinstance(synapse, nn.ConvTranspose2d) and synapse.groups > 1:
        return _folded_in_groups(synapse, norm)
    return fuse_conv_bn_eval(synapse, norm, transpose=isinstance(synapse, nn.ConvTranspose2d))


def _folded_in_groups(synapse: nn.ConvTranspose2d, norm: nn.BatchNorm2d) -> nn.Module:
    """Fold behind a grouped transposed convolution of weights (C_in, C_out / groups, h, w)."""
    scale, shift = scale_and_shift(norm)
    given = {name: getattr(synapse, name) for name in ("stride", "padding", "output_padding")}
    layer = nn.ConvTranspose2d(
        synapse.in_channels,
        synapse.out_channels,
        synapse.kernel_size,  # type: ignore[arg-type]
        groups=synapse.groups,
        dilation=synapse.dilation,  # type: ignore[arg-type]
        dtype=synapse.weight.dtype,
        **given,
    )
    by_input = scale.view(synapse.groups, 1, -1).expand(
        -1, len(synapse.weight) // synapse.groups, -1
    )
    bias = shift if synapse.bias is None else shift + scale * synapse.bias
    with torch.no_grad():
        layer.weight.copy_(synapse.weight * by_input.reshape(*synapse.weight.shape[:2], 1, 1))
        assert layer.bias is not None
        layer.bias.copy_(bias)
    return layer.eval().requires_grad_(False)


def _module(traced: torch.fx.GraphModule, node: torch.fx.Node) -> nn.Module | None:
    return traced.get_submodule(str(node.target)) if node.op == "call_module" else None
