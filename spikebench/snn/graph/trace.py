"""Trace a network with torch.fx: weights computed, in-place calls rerouted, BatchNorm folded."""

import torch.fx
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from spikebench.errors import BenchError
from spikebench.snn.graph.materialise import materialised, rerouted
from spikebench.snn.graph.synapse import Synapse


def trace(module: nn.Module) -> torch.fx.GraphModule:
    """Return the traced copy of `module` in evaluation mode, with BatchNorm folded.

    The given module is left as it was. Raises `BenchError` where the forward pass depends on
    values or shapes, or where a BatchNorm has no statistics of its own or does not directly follow
    a convolution or linear layer.
    """
    try:
        traced = torch.fx.symbolic_trace(materialised(module))
    except (torch.fx.proxy.TraceError, TypeError, RuntimeError) as error:
        raise BenchError(
            f"{type(module).__name__} cannot be traced: {error}. Its forward pass must not "
            "branch or loop on tensor values or shapes; move such code out of the network."
        ) from error
    rerouted(traced)
    for node in list(traced.graph.nodes):
        if node.op == "call_module" and isinstance(_module(traced, node), nn.BatchNorm2d):
            _fold(traced, node)
    traced.graph.lint()
    traced.recompile()
    return traced


def _fold(traced: torch.fx.GraphModule, norm: torch.fx.Node) -> None:
    """Fold one BatchNorm call into the synapse call before it, on a copy of that synapse.

    The pair is found by execution order in the graph: registration order is not execution order
    in residual blocks. The copy keeps a synapse that is shared by other calls untouched.
    """
    source, norm_module = norm.args[0], _module(traced, norm)
    assert isinstance(source, torch.fx.Node)
    assert isinstance(norm_module, nn.BatchNorm2d)
    if norm_module.running_mean is None:
        raise BenchError(
            f"BatchNorm at '{norm.target}' keeps no statistics (track_running_stats=False): it "
            "divides by those of each image, which no weights can take over. Train the network "
            "with track_running_stats=True, or without this layer."
        )
    synapse = _module(traced, source) if source.op == "call_module" else None
    if not isinstance(synapse, nn.Conv2d | nn.ConvTranspose2d | nn.Linear) or len(source.users) > 1:
        raise BenchError(
            f"BatchNorm at '{norm.target}' follows '{source.name}', not a convolution of its own: "
            "it cannot be folded. Place it directly after a conv, transposed conv or linear layer."
        )
    if isinstance(synapse, nn.ConvTranspose2d) and synapse.groups > 1:
        raise BenchError(
            f"BatchNorm at '{norm.target}' follows the grouped transposed convolution "
            f"'{source.target}': folding is not defined for it here. Use groups=1."
        )
    name = f"{source.name}_folded"
    traced.add_submodule(name, _folded(synapse, norm_module))
    source.target = name
    norm.replace_all_uses_with(source)
    traced.graph.erase_node(norm)


def _folded(synapse: Synapse, norm: nn.BatchNorm2d) -> nn.Module:
    if isinstance(synapse, nn.Linear):
        return fuse_linear_bn_eval(synapse, norm)
    return fuse_conv_bn_eval(synapse, norm, transpose=isinstance(synapse, nn.ConvTranspose2d))


def _module(traced: torch.fx.GraphModule, node: torch.fx.Node) -> nn.Module:
    return traced.get_submodule(str(node.target))
