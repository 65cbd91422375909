"""Trace a network with torch.fx, and bring the trace to few kinds of calls."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.fx
from torch import Tensor, nn

from spikebench.errors import BenchError
from spikebench.snn.graph.call import Call
from spikebench.snn.graph.operations.table import operation
from spikebench.snn.graph.tracing.constants import fold_constants, layers_of_functions
from spikebench.snn.graph.tracing.maps import tokens_to_maps
from spikebench.snn.graph.tracing.materialise import materialised, rerouted
from spikebench.snn.graph.tracing.norms import fold_norms
from spikebench.snn.graph.tracing.parts import take_parts
from spikebench.snn.graph.tracing.rewriting import Rewriter
from spikebench.snn.graph.tracing.tracer import SizeAskedError, Tracer, line_of

CHANNELS = (1, 3, 4)  # of images that are tried where a network asks for sizes and none is given
SIDE = 64  # pixels of such an image: a multiple of what networks divide by


@dataclass(frozen=True)
class Trace:
    """A traced module; `size` (N, C, H, W) is the only size of images that it serves, if not None.

    `size` is None where no call depends on the size of the image.
    """

    module: torch.fx.GraphModule
    size: torch.Size | None


def trace(module: nn.Module, size: torch.Size | None = None) -> Trace:
    """Return the traced copy of `module` in evaluation mode, brought to few kinds of calls.

    Weights are plain, in-place calls are plain ones, constants are computed, BatchNorm is folded,
    piecewise-linear activations are written as ReLUs, tokens as maps. The given module is left as
    it was. `size` (N, C, H, W) is that of the images it shall serve, where its calls depend on it;
    one with 64 pixels a side where none is given. Raises `BenchError`, naming module and line,
    where the forward pass depends on values.
    """
    plain = materialised(module)
    if size is not None:
        return _with_image(plain, size)
    try:
        found = _brought_to_few_kinds(_traced(plain, None), None)
    except SizeAskedError:
        return _with_image(materialised(module), _accepted_size(plain))
    if not _may_hold_tokens(found.module):
        return found
    try:
        size = _accepted_size(plain)
    except BenchError:  # it takes images of few sizes: what its tokens are is not known
        return found
    return _with_image(materialised(module), size)


def _with_image(plain: nn.Module, size: torch.Size) -> Trace:
    example = _black(plain, size)
    return _brought_to_few_kinds(_traced(plain, example), example)


def _traced(module: nn.Module, example: Tensor | None) -> tuple[torch.fx.GraphModule, bool]:
    tracer, name = Tracer(example), type(module).__name__
    try:
        graph = tracer.trace(module)
    except (BenchError, SizeAskedError):
        raise
    except Exception as error:
        scope = tracer.failed_in and f" in module {tracer.failed_in}"
        raise BenchError(
            f"{name} cannot be traced: {error}{scope}{line_of(error)}. Its forward pass must not "
            "branch or loop on tensor values; move such code out of the network."
        ) from error
    return torch.fx.GraphModule(tracer.root, graph, name), tracer.sized


def _brought_to_few_kinds(
    recorded: tuple[torch.fx.GraphModule, bool], example: Tensor | None
) -> Trace:
    traced, sized = recorded
    passes: list[Callable[[torch.fx.GraphModule], None]] = [
        *(rerouted, take_parts, fold_constants, layers_of_functions, fold_norms, _rewrite),
    ]
    for change in passes:
        change(traced)
    if example is not None:
        sized = tokens_to_maps(traced, _shapes(traced, example)) or sized
    traced.graph.lint()
    traced.recompile()
    return Trace(traced, example.shape if sized and example is not None else None)


def _rewrite(traced: torch.fx.GraphModule) -> None:
    """Write every operation that is several simpler ones as these."""
    for node in list(traced.graph.nodes):
        call = Call.of(traced, node)
        found = call and operation(call)
        if call and found and found.rewrite:
            rewriter = Rewriter(traced, node, call.place)
            rewriter.replace(found.rewrite(rewriter, call))


def _may_hold_tokens(traced: torch.fx.GraphModule) -> bool:
    """Tell whether a value may have other dimensions than (N, C, H, W)."""
    for node in traced.graph.nodes:
        call = Call.of(traced, node)
        found = call and operation(call)
        if found and found.changes_dimensions:
            return True
    return False


def _shapes(traced: torch.fx.GraphModule, example: Tensor) -> dict[str, torch.Size]:
    """Return the shapes of all values, by name of their nodes."""
    found: dict[str, torch.Size] = {}

    class Shapes(torch.fx.Interpreter):
        def run_node(self, n: torch.fx.Node) -> object:
            value = super().run_node(n)
            if isinstance(value, Tensor):
                found[n.name] = value.shape
            return value

    with torch.no_grad():
        Shapes(traced).run(example)
    return found


def _accepted_size(module: nn.Module) -> torch.Size:
    """Return the size of an image that the network takes. Raises `BenchError` where none fits."""
    faults = []
    for channels in CHANNELS:
        size = torch.Size((1, channels, SIDE, SIDE))
        try:
            with torch.no_grad():
                module(_black(module, size))
        except Exception as error:
            faults.append(f"{channels} channels: {error}")
        else:
            return size
    raise BenchError(
        f"{type(module).__name__} asks for the size of its input, and takes no image of {SIDE}x"
        f"{SIDE} pixels ({'; '.join(faults)})."
    )


def _black(module: nn.Module, size: torch.Size) -> Tensor:
    """Return a black image of the type and on the device of the module's parameters."""
    floating = (p for p in module.parameters() if p.is_floating_point())
    return next(floating, torch.empty(0)).new_zeros(size)
