"""docs/operations.md, from the table.

python -m spikebench.snn.graph.operations.document > docs/operations.md
"""

import sys
from collections.abc import Iterator
from typing import Any

from torch import nn

from spikebench.snn.graph.operations.analogue import ANALOGUE
from spikebench.snn.graph.operations.arithmetic import ARITHMETIC
from spikebench.snn.graph.operations.layout import LAYOUT
from spikebench.snn.graph.operations.operation import Operation, always, never
from spikebench.snn.graph.operations.piecewise import PIECEWISE
from spikebench.snn.graph.operations.resampling import RESAMPLING
from spikebench.snn.graph.operations.table import SITES, SYNAPSES

HEAD = """# Operations that a backbone may use

Written by `python -m spikebench.snn.graph.operations.document` from the table in
`spikebench/snn/graph/operations/`. What is not in it is refused, by the name of the module and the
call. `tests/snn/graph/operations/test_table.py` draws networks with every entry at random and
compares value, SynOps and MACs with the plain network and with a loop over every event.

Sizes may be asked for (`b, c, h, w = x.shape`): such a network is traced with the image's real size
and traced anew for another, and is never cut into bands. What depends on a tensor's *values* is
refused, by module and line. What is computed of parameters alone is computed once.
"""
LINEAR = """## Synapses

Their weights stay the ANN's. A spike costs one SynOp for every output it reaches, borders, stride,
groups, dilation and padding mode included; an analogue input costs MACs. `conv2d`,
`conv_transpose2d` and `linear` as functions are synapses where their weights are parameters.
BatchNorm is folded into the synapse before it, or written as a scale and a shift. Linear layers and
activations on tokens (N, L, C) see maps (N, C, L, 1).
"""
WIRED = """## Linear wiring

It commutes with the mean over time and needs no neuron; it has no MACs. **Routed** spikes arrive as
spikes: the SynOps of a synapse behind it count every place where a spike arrives. **Mixed** ones do
not, and the next synapse gets a relay. A sum or difference costs an addition for each element.
Where an entry says *or*, it depends on the arguments.
"""
RELUS = """## Piecewise-linear operations

Written exactly as ReLUs, each of which is a site with neurons of its own, counted like all others.
The ANN is charged one operation for each element of the result.
"""
GATES = """## Analogue operations

What no neuron computes. A network with one of these behind neurons is *hybrid*: it runs in stages.
A stage takes all its T steps; then the analogue node reads the mean over time, once for each
recorded T, and what it gives is constant in the next stage, as the image is in the first. The
synapses behind it read spikes, of a relay. Latencies of the stages add up. A node's MACs stand in
its row of `layers.parquet` and are priced as MACs; special functions are exponentials, roots and
quotients, and have a column of their own. n are elements of the result, r the rows that share a
norm or a sum.
"""


def document() -> str:
    """Return docs/operations.md."""
    wiring = (*ARITHMETIC, *LAYOUT, *RESAMPLING)
    return "\n".join(
        [
            HEAD,
            LINEAR,
            *_table(("operation", "written as"), _plain((*SYNAPSES, *SITES))),
            WIRED,
            *_table(("operation", "written as", "spikes", "additions"), map(_wired, wiring)),
            RELUS,
            *_table(("operation", "written as", "becomes"), map(_rewritten, PIECEWISE)),
            GATES,
            *_table(("operation", "written as", "MACs", "special functions"), _priced()),
        ]
    )


def _table(titles: tuple[str, ...], rows: Any) -> Iterator[str]:
    for row in (titles, ("---",) * len(titles), *rows):
        yield f"| {' | '.join(row)} |"
    yield ""


def _plain(entries: tuple[Operation, ...]) -> Iterator[tuple[str, ...]]:
    return ((entry.name, _targets(entry)) for entry in entries)


def _wired(entry: Operation) -> tuple[str, ...]:
    routed = "a bias" if entry.fills else _ROUTES.get(entry.routes, "routed or mixed")
    return entry.name, _targets(entry), routed, "1 an element" if entry.adds else ""


_ROUTES: dict[Any, str] = {always: "routed", never: "mixed"}


def _rewritten(entry: Operation) -> tuple[str, ...]:
    return entry.name, _targets(entry), entry.becomes


def _priced() -> Iterator[tuple[str, ...]]:
    return ((entry.name, _targets(entry), *entry.words) for entry in ANALOGUE)


def _targets(entry: Operation) -> str:
    """Return the classes, functions and methods, each name once."""
    if entry.written:
        return entry.written
    names = []
    for target in entry.targets:
        if isinstance(target, str):
            name = f".{target}"
        elif isinstance(target, type) and issubclass(target, nn.Module):
            name = f"nn.{target.__name__}"
        else:
            name = target.__name__
        if name not in names and f".{name}" not in names:
            names.append(name)
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    sys.stdout.write(document())
