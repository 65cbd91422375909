"""The network really run for T steps: what its neurons send, unevenness included."""

from functools import reduce
from typing import ClassVar

import torch
from pydantic import PositiveInt
from torch import Tensor

from spikebench.snn.graph.forward import linear
from spikebench.snn.graph.nodes import Graph, Kind, Node
from spikebench.training.finetune.activations.activation import Activation, Send, Sent
from spikebench.training.finetune.activations.firing import BINARY, SIGNED, fired
from spikebench.training.finetune.network import Tunable


class Spiking(Activation):
    """Means over T steps in which all layers run at once, image and biases in each.

    Binary integrate-and-fire neurons that start at theta/2, signed ones at relays and at a spiking
    output: method `qcfs`. Gradients go back through the steps (`activations.firing`). Memory for
    them is that of T maps of currents and T of values for each layer; without gradients images are
    run one by one.
    """

    exact: ClassVar[bool] = True

    timesteps: PositiveInt

    @property
    def choices(self) -> tuple[int, ...]:
        return (self.timesteps,)

    @property
    def levels_at_start(self) -> int:
        return self.timesteps

    def sender(self, network: Tunable, image: Tensor, choice: int) -> Send:
        parts = (image,) if torch.is_grad_enabled() else image.split(1)
        runs = [_run(network, part, choice) for part in parts]
        means = {site: _joined([run[site] for run in runs]) for site in runs[0]}

        def send(site: Node, z: Tensor) -> Sent:
            return means[site.name]

        return send


def _run(network: Tunable, image: Tensor, timesteps: int) -> dict[str, Sent]:
    """Return what each site sends on an image (N, C, H, W).

    Node after node takes all steps. What is constant is computed once, and what is linear behind
    the last site not at all.
    """
    graph = network.graph.at(image.shape)
    values: dict[str, list[Tensor]] = {}  # of each step, or one for all
    found: dict[str, Sent] = {}
    last = {name: node.name for node in graph for name in node.inputs}
    for node in (node for node in graph if node.name not in graph.tail):
        inputs = _arriving(graph, node, values)
        if node.kind is Kind.SITE:
            currents = inputs[0] * timesteps if len(inputs[0]) == 1 else inputs[0]
            rule = BINARY if node.role == "activation" else SIGNED
            values[node.name], spikes = fired(rule, network.theta(node.name), currents)
            found[node.name] = Sent(_mean(values[node.name]), spikes)
        else:
            values[node.name] = _linear(node, inputs, image)
        for name in {name for name in node.inputs if last[name] == node.name}:
            del values[name]
    return found


def _arriving(graph: Graph, node: Node, values: dict[str, list[Tensor]]) -> list[list[Tensor]]:
    """Return the inputs of a node; what is of a lower level has settled to its mean."""
    return [
        [_mean(values[name])] if graph[name].level < node.level else values[name]
        for name in node.inputs
    ]


def _linear(node: Node, inputs: list[list[Tensor]], image: Tensor) -> list[Tensor]:
    """Return the values of a node that is no site, one for all steps where its inputs are."""
    steps = max(map(len, inputs), default=1)
    arriving = ([of_steps[step % len(of_steps)] for of_steps in inputs] for step in range(steps))
    return [linear(node, now, image) for now in arriving]


def _mean(of_steps: list[Tensor]) -> Tensor:
    return reduce(torch.add, of_steps) / len(of_steps)


def _joined(parts: list[Sent]) -> Sent:
    """Return what neurons send on several images as one batch."""
    return Sent(*map(torch.cat, zip(*parts, strict=True)))
