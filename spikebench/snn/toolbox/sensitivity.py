"""How much each layer's quantisation costs the output, and the choice of one quantiser a layer."""

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.calibration.activations import Calibration
from spikebench.snn.calibration.thresholds import quantise
from spikebench.snn.graph.forward import relu, run_ann
from spikebench.snn.graph.nodes import Node, Site
from spikebench.snn.model.network import Network

PATCHES = 16  # on which the output is compared
SHARES = 1000  # of a budget, in which spikes are counted


def sensitivity_target(network: Network, calibration: Calibration) -> Tensor:
    """Return the ANN's output (N, C, H, W) on the patches by which `sensitivity` judges."""
    return run_ann(network.graph, calibration.patches[:PATCHES])


def sensitivity(
    network: Network,
    calibration: Calibration,
    site: Site,
    *,
    theta: Tensor,
    levels: int,
    cap: float,
    target: Tensor,
) -> tuple[float, float]:
    """Return what follows if this one site is quantised: the output's MSE and the site's spikes.

    `target` is `sensitivity_target`. Everything but the site stays the
    ANN, the quantiser rounds to the nearest of cap*levels spikes.
    """
    patches, sent = calibration.patches[:PATCHES], 0.0

    def activate(node: Node, value: Tensor) -> Tensor:
        nonlocal sent
        if node.name != site.name:
            return relu(node, value)
        spikes = quantise(value, theta, levels, cap, "nearest")
        sent = float((spikes / theta).sum()) * levels
        return spikes

    error = run_ann(network.graph, patches, activate=activate) - target
    return float(error.square().mean()), sent


def choose(errors: Tensor, spikes: Tensor, budget: float) -> list[int]:
    """Return one option a layer that has the smallest sum of errors within a budget of spikes.

    `errors` and `spikes` have shape (layers, options). Exact up to rounding spikes up to 1/1000 of
    the budget. Raises `BenchError` where nothing fits.
    """
    price = (spikes / budget * SHARES).ceil().int().tolist()
    best, picks = torch.zeros(SHARES + 1, dtype=torch.float64), []
    for layer_errors, prices in zip(errors, price, strict=True):
        options = torch.full((len(prices), SHARES + 1), torch.inf, dtype=torch.float64)
        for option, cost in enumerate(prices):
            if cost <= SHARES:
                options[option, cost:] = best[: SHARES + 1 - cost] + layer_errors[option]
        best, pick = options.min(dim=0)
        picks.append(pick)
    if best[-1].isinf():
        raise BenchError(
            f"No choice of neurons sends at most {budget:.0f} spikes. Use a larger budget."
        )
    return _walk_back(picks, price)


def _walk_back(picks: list[Tensor], price: list[list[int]]) -> list[int]:
    chosen, left = [], SHARES
    for pick, prices in zip(reversed(picks), reversed(price), strict=True):
        chosen.append(int(pick[left]))
        left -= prices[chosen[-1]]
    return chosen[::-1]
