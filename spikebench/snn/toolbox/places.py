"""How finely each channel has to speak: binary places where the output feels them most.

Rounding a channel to multiples of d costs the output n G d^2/12, where n of its values are active
and G is what the output feels of one: the sum of its squared derivatives. Sending a value takes
about log2(1/d)/3 signed digits, each of which reaches F targets. For a given error at the output,
the least number of events is sent where d^2 is proportional to F/G.
"""

import torch
from torch import Generator, Tensor

from spikebench.snn.calibration.activations import Calibration
from spikebench.snn.graph.fanout import fan_outs
from spikebench.snn.graph.forward import relu, run
from spikebench.snn.graph.nodes import Graph, Node
from spikebench.snn.model.network import Network

MOST_PLACES = 10
PATCHES = 16  # on which derivatives are taken
BATCH = 4
PROBES = 4  # random directions at the output, for each batch


def spread_places(
    network: Network, calibration: Calibration, thresholds: dict[str, Tensor], places: int
) -> dict[str, Tensor]:
    """Return each site's smallest digit in thresholds, 2^-m of shape (1, C, 1, 1), whole m >= 0.

    The error at the output is that of `places` everywhere, up to the rounding of m; `thresholds`
    are (1, C, 1, 1), by site. A channel without any influence gets one whole threshold.
    """
    patches = calibration.patches[:PATCHES]
    gains, active = output_gains(network.graph, patches)
    reach = _fan_outs(
        network.graph.at(calibration.patches.shape),
        {site: value.shape for site, value in calibration.inputs.items()},
    )
    error = sum(
        (active[site] * gains[site] * (theta * 2.0**-places) ** 2).sum()
        for site, theta in thresholds.items()
    )
    spent = sum((active[site] * (gains[site] > 0)).sum() * reach[site] for site in thresholds)
    powers = torch.tensor([2.0**-m for m in range(MOST_PLACES + 1)]).to(patches)
    found = {}
    for site, theta in thresholds.items():
        step = (error / spent * reach[site] / gains[site]).sqrt()  # infinite without influence
        m = (theta / step).log2().round().nan_to_num(0.0).clamp(0, MOST_PLACES)
        found[site] = powers[m.long()]
    return found


def output_gains(graph: Graph, patches: Tensor) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return by site, (1, C, 1, 1): G of one active value on average, and the number of these.

    G = sum over outputs y of (dy/da)^2 = E (d(v.y)/da)^2 for a random v of unit variance
    (Hutchinson 1990). At relays every value is active.
    """
    random = Generator().manual_seed(0)
    squares: dict[str, Tensor] = {}
    active: dict[str, Tensor] = {}
    for batch in patches.split(BATCH):
        values: dict[str, Tensor] = {}

        def activate(site: Node, value: Tensor, values: dict[str, Tensor] = values) -> Tensor:
            value = relu(site, value)
            values[site.name] = value if value.requires_grad else value.requires_grad_()
            return values[site.name]

        with torch.enable_grad():
            output = run(graph, batch, activate)
        for _ in range(PROBES):
            probe = torch.randn(output.shape, generator=random, dtype=output.dtype).to(output)
            slopes = torch.autograd.grad(output, list(values.values()), probe, retain_graph=True)
            for (name, value), slope in zip(values.items(), slopes, strict=True):
                on = (value != 0).to(slope)
                square = (slope.square() * on).sum(dim=(0, 2, 3), keepdim=True) / PROBES
                squares[name] = squares.get(name, 0.0) + square
                number = on.sum(dim=(0, 2, 3), keepdim=True) / PROBES
                active[name] = active.get(name, 0.0) + number
    return {name: squares[name] / active[name].clamp(min=1.0) for name in squares}, active


def _fan_outs(graph: Graph, shapes: dict[str, torch.Size]) -> dict[str, float]:
    """Return by site how many targets an event reaches on average, borders included."""
    found = dict.fromkeys(shapes, 0.0)
    for node in graph.synapses:
        sources = graph.spike_sources(node.inputs[0]) or []
        if sources:
            reached = fan_outs(graph, node, {site: shapes[site] for site in sources})
            for site, reach in reached.items():
                found[site] += float(reach.mean())
    return found
