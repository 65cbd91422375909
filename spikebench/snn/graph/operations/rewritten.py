"""What entries share whose operations are written as several simpler ones."""

from typing import Any

import torch.fx
from torch import nn

from spikebench.snn.graph.call import Call
from spikebench.snn.graph.nodes import Kind
from spikebench.snn.graph.operations.operation import Operation


def operand(call: Call) -> torch.fx.Node:
    """Return the tensor that a call works on."""
    source = call.node.args[0] if call.node.args else call.node.kwargs["input"]
    assert isinstance(source, torch.fx.Node)
    return source


def setting(call: Call, module: str, position: int, default: Any, name: str = "") -> Any:
    """Return a setting that is a module's attribute or a function's argument."""
    if isinstance(call.target, nn.Module):
        return getattr(call.target, module)
    return call.option(name or module, position, default)


def rewritten(name: str, becomes: str, rewrite: Any, *targets: Any, **rules: Any) -> Operation:
    """Return an entry whose calls `rewrite` writes as ReLUs; `becomes` says so in words."""
    return Operation(
        name=name, kind=Kind.SITE, targets=targets, rewrite=rewrite, becomes=becomes, **rules
    )
