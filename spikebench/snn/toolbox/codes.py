"""Place neurons that wait: their full scale, and the protocol in which layers wait."""

from collections.abc import Callable
from typing import Literal

from torch import Tensor

from spikebench.snn.calibration.activations import Calibration
from spikebench.snn.calibration.thresholds import Rounding
from spikebench.snn.graph.nodes import Site
from spikebench.snn.model.codes.coded import Coded
from spikebench.snn.model.codes.waiting import Waiting
from spikebench.snn.model.network import Network
from spikebench.snn.model.readouts import Sum

FullScale = Literal["percentile", "mse"]


def place_codes(
    network: Network,
    calibration: Calibration,
    build: Callable[[Tensor, bool], Coded],
    *,
    threshold: FullScale = "percentile",
    percentile: float = 99.9,
) -> Network:
    """Put `build(theta, signed)` at every site, signed at relays, and let layers wait.

    theta, (1, C, 1, 1), is the full scale: what was trained where the method has a state, else the
    percentile of a channel's non-zero activations, or with "mse" the one that loses least in
    rounding to the neuron's levels (at relays the percentile).
    """
    for site in network.graph.sites:
        signed = site.role == "relay"
        theta = _percentile_or_trained(calibration, site, percentile)
        neuron = build(theta, signed)
        if threshold == "mse" and not signed and calibration.state is None:
            rounding: Rounding = "nearest" if neuron.nearest else "floor"
            levels = neuron.levels
            theta = calibration.mse(site, levels, per_channel=True, rounding=rounding)
            neuron = build(theta, signed)
        network.place(site, neuron)
    network.protocol, network.readout = Waiting(), Sum()
    return network


def _percentile_or_trained(calibration: Calibration, site: Site, percentile: float) -> Tensor:
    if calibration.state is not None:
        return calibration.trained(site)
    return calibration.percentile(site, percentile, per_channel=True)
