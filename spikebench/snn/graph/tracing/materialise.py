"""Weights that are computed from others become plain weights, and in-place calls plain calls.

A re-parametrised layer computes its weight when it runs: by a hook (`torch.nn.utils.weight_norm`,
`spectral_norm`, `prune`) or by a parametrisation (`torch.nn.utils.parametrizations`). A compiled
graph reads weights and runs no hooks, so they are computed once, as the module computes them in
evaluation, and no hook that reads or writes checkpoints is left to ask for others.
"""

import copy
import operator

import torch
import torch.fx
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrize, prune
from torch.nn.utils.spectral_norm import SpectralNorm, remove_spectral_norm
from torch.nn.utils.weight_norm import WeightNorm, remove_weight_norm

Computing = WeightNorm | SpectralNorm | prune.BasePruningMethod
CHECKPOINT_HOOKS = (
    *("_state_dict_hooks", "_state_dict_pre_hooks"),
    *("_load_state_dict_pre_hooks", "_load_state_dict_post_hooks"),
)
IN_PLACE = {
    *(operator.iadd, operator.isub, operator.imul, operator.itruediv),
    *(torch.relu_, F.relu_, "add_", "sub_", "mul_", "div_", "relu_", "clamp_", "sigmoid_", "tanh_"),
}


def materialised(module: nn.Module) -> nn.Module:
    """Return a copy in evaluation mode whose weights are plain; `module` keeps its parameters."""
    for layer in module.modules():
        for hook in _computing(layer):
            _recompute(layer, hook)  # a tensor with a history could not be copied
    copied = copy.deepcopy(module).eval()
    for layer in copied.modules():
        for hook in _computing(layer):
            _remove(layer, hook)
        if parametrize.is_parametrized(layer):
            _settle(layer)
        for hooks in CHECKPOINT_HOOKS:
            getattr(layer, hooks).clear()
    return copied


def _settle(layer: nn.Module) -> None:
    """Give a parametrised layer its plain class and weights back.

    PyTorch's own `remove_parametrizations` would take the weights from the class, which the
    original shares with its copy.
    """
    names = [name for name, _ in layer.get_submodule("parametrizations").named_children()]
    weights = {name: getattr(layer, name).detach() for name in names}
    plain = parametrize.type_before_parametrizations(layer)
    del layer.parametrizations
    layer.__class__ = plain
    for name, weight in weights.items():
        layer.register_parameter(name, nn.Parameter(weight, requires_grad=False))


def rerouted(traced: torch.fx.GraphModule) -> None:
    """Let whatever reads a tensor after it was changed in place read the result of the change."""
    order = {node: place for place, node in enumerate(traced.graph.nodes)}
    for node in traced.graph.nodes:
        if (
            not node.args
            or not isinstance(node.args[0], torch.fx.Node)
            or not _changes(traced, node)
        ):
            continue
        source = node.args[0]
        for user in list(source.users):
            if order[user] > order[node]:
                user.replace_input_with(source, node)


def _changes(traced: torch.fx.GraphModule, node: torch.fx.Node) -> bool:
    """Tell whether a call changes its first argument in place."""
    if node.op == "call_module":
        return getattr(traced.get_submodule(str(node.target)), "inplace", False) is True
    return node.target in IN_PLACE or node.kwargs.get("inplace") is True


def _computing(layer: nn.Module) -> list[Computing]:
    return [hook for hook in layer._forward_pre_hooks.values() if isinstance(hook, Computing)]


@torch.no_grad()
def _recompute(layer: nn.Module, hook: Computing) -> None:
    if isinstance(hook, prune.BasePruningMethod):
        setattr(layer, hook._tensor_name, hook.apply_mask(layer))
    elif isinstance(hook, SpectralNorm):
        setattr(layer, hook.name, hook.compute_weight(layer, do_power_iteration=False))
    else:
        setattr(layer, hook.name, hook.compute_weight(layer))


def _remove(layer: nn.Module, hook: Computing) -> None:
    if isinstance(hook, prune.BasePruningMethod):
        prune.remove(layer, hook._tensor_name)
    elif isinstance(hook, SpectralNorm):
        remove_spectral_norm(layer, hook.name)
    else:
        remove_weight_norm(layer, hook.name)
