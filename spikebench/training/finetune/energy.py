"""The energy of a spiking network relative to its ANN's, as a function that can be trained on."""

from functools import reduce

import torch
from torch import Tensor

from spikebench.energy.nm45 import PICOJOULE
from spikebench.snn.graph.fanout import fan_outs
from spikebench.snn.graph.forward import run
from spikebench.snn.graph.nodes import Graph, Kind, Node
from spikebench.snn.graph.synapse import dense_macs

ADDITION, MULTIPLICATION = PICOJOULE["fp32"]
MAC = ADDITION + MULTIPLICATION


class Cost:
    """What a spike of each neuron costs in units of the ANN's energy, for one size of image.

    A spike pays one addition for every synapse it reaches, borders included; the analogue first
    layers pay their multiply-accumulates once; the ANN pays all of them (45 nm, fp32, see
    `energy.nm45`: the model `45nm_fp32_cached`).
    """

    def __init__(self, graph: Graph, image: Tensor) -> None:
        sent: dict[str, torch.Size] = {}  # shapes by site
        macs: dict[str, int] = {}  # by synapse

        def observe(node: Node, inputs: list[Tensor], value: Tensor) -> None:
            if node.kind is Kind.SITE:
                sent[node.name] = value.shape
            elif node.kind is Kind.SYNAPSE:
                macs[node.name] = dense_macs(node.synapse, inputs[0], value)

        graph = graph.at(image[:1].shape)
        with torch.no_grad():
            run(graph, image[:1], observe=observe)
        ann = MAC * sum(macs.values())
        self._spike: dict[str, Tensor] = {}
        analogue = 0  # multiply-accumulates
        for node in graph.synapses:
            sources = graph.spike_sources(node.inputs[0])
            if sources is None:
                analogue += macs[node.name]
                continue
            for site, reach in fan_outs(graph, node, {s: sent[s] for s in sources}).items():
                price = (ADDITION / ann * reach).to(image)
                self._spike[site] = self._spike.get(site, 0.0) + price
        self._fixed = MAC * analogue / ann

    def __call__(self, spikes: dict[str, Tensor]) -> Tensor:
        """Return the energy ratio for the spikes of each site (N, C, H, W), the mean over N."""
        costs = (
            (spikes[site].sum_to_size(price.shape) * price).sum() / len(spikes[site])
            for site, price in self._spike.items()
        )
        return self._fixed + reduce(torch.add, costs)
