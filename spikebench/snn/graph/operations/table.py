"""The operations that a backbone may use, each with its conversion rule and counts: one table."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from spikebench.snn.graph.call import Call
from spikebench.snn.graph.nodes import Kind
from spikebench.snn.graph.operations.analogue import ANALOGUE
from spikebench.snn.graph.operations.arithmetic import ARITHMETIC
from spikebench.snn.graph.operations.layout import LAYOUT
from spikebench.snn.graph.operations.operation import Operation
from spikebench.snn.graph.operations.piecewise import PIECEWISE
from spikebench.snn.graph.operations.resampling import RESAMPLING

SYNAPSES = (
    Operation(name="convolution", kind=Kind.SYNAPSE, targets=(nn.Conv2d,)),
    Operation(name="transposed convolution", kind=Kind.SYNAPSE, targets=(nn.ConvTranspose2d,)),
    Operation(
        name="linear layer", kind=Kind.SYNAPSE, targets=(nn.Linear,), changes_dimensions=True
    ),
)
SITES = (
    Operation(
        name="ReLU",
        kind=Kind.SITE,
        targets=(nn.ReLU, F.relu, torch.relu, torch.relu_, F.relu_, "relu", "relu_"),
    ),
)

# Of several entries of one target the first that accepts a call is the call's.
OPERATIONS = (*SYNAPSES, *SITES, *ARITHMETIC, *LAYOUT, *RESAMPLING, *PIECEWISE, *ANALOGUE)


def operation(call: Call) -> Operation | None:
    """Return the entry of the table for a call, None where it has none or cannot be converted."""
    found = (
        _of_module(call.target)
        if isinstance(call.target, nn.Module)
        else _BY_TARGET.get(call.target, [])
    )
    return next((entry for entry in found if entry.accepts(call)), None)


def _of_module(module: nn.Module) -> list[Operation]:
    """Return the entries of a module, or of the nearest class that it derives from."""
    kinds = (kind for kind in type(module).__mro__ if kind in _BY_TARGET)
    return _BY_TARGET.get(next(kinds, None), [])


_BY_TARGET: dict[Any, list[Operation]] = {}
for _entry in OPERATIONS:
    for _target in _entry.targets:
        _BY_TARGET.setdefault(_target, []).append(_entry)
