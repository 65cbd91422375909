"""Simulate a network with analogue nodes, stage after stage.

Each stage takes all its steps on what the earlier ones have settled: the means over time of their
values, and what the analogue nodes make of these. So an analogue node is computed once for each
recorded T. For another T the stages behind the first take their steps anew, since what they are
given is another. Latencies add up.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from torch import Tensor

from spikebench.snn.engine.simulation import Simulation
from spikebench.snn.graph.stages import Stage, stages
from spikebench.snn.model.network import Network
from spikebench.snn.model.recording import LayerCount, Recording

# Runs the network of one stage: an image of its batch, the T, the values of its inputs.
Run = Callable[..., Iterator[Recording]]


def run_stages(
    network: Network, image: Tensor, times: Sequence[int], run: Run, *, apart: bool = False
) -> Iterator[Recording]:
    """Yield a recording for each T, ascending; `run` runs a network of one stage.

    With `apart` each image of the batch has a recording of its own, too.
    """
    first, *others = stages(network.graph)
    given = {network.graph.input: image}
    for recording in _run(network, first, given, times, run, apart):
        found, settled = [recording], given | recording.settled
        for stage in others:
            (behind,) = _run(network, stage, settled, [recording.timesteps], run, apart)
            found.append(behind)
            settled |= behind.settled
        yield _joined(network, found, settled)


def _run(
    network: Network,
    stage: Stage,
    settled: Mapping[str, Tensor],
    times: Sequence[int],
    run: Run,
    apart: bool,
) -> Iterator[Recording]:
    """Run one stage; one without neurons takes no step."""
    names = {site.name for site in stage.graph.sites}
    speaks = any(site.role == "output" for site in stage.graph.sites)
    own = replace(
        network,
        graph=stage.graph,
        neurons={name: neuron for name, neuron in network.neurons.items() if name in names},
        output_map=network.output_map if speaks else None,
    )
    given = {name: settled[name] for name in stage.given} or settled
    first = next(iter(given.values()))
    if not names:
        simulation = Simulation(own, first, given=given, apart=apart)
        return (simulation.record(time) for time in times)
    return run(own, first, times, given=given, apart=apart)


def _joined(network: Network, parts: list[Recording], settled: Mapping[str, Tensor]) -> Recording:
    """Return the recording of the whole network, from those of its stages at one T."""
    place = {node.name: index for index, node in enumerate(network.graph)}
    layers = [
        layer if layer.passes is not None else replace(layer, passes=part.latency_steps)
        for part in parts
        for layer in part.layers
    ]

    def order(layer: LayerCount) -> int:
        return place.get(layer.layer, len(place))

    images = [
        _joined(
            network,
            [part.images[place] for part in parts],
            {name: value[place : place + 1] for name, value in settled.items()},
        )
        for place in range(len(parts[-1].images))
    ]
    return replace(
        parts[-1],
        output=settled[network.graph.output],
        latency_steps=sum(part.latency_steps for part in parts),
        layers=sorted(layers, key=order),
        neurons=sum(part.neurons for part in parts),
        spikes=sum(part.spikes for part in parts),
        state_ops=sum(part.state_ops for part in parts),
        seconds=sum(part.seconds for part in parts),
        spike_kind=max(part.spike_kind for part in parts),
        settled={},
        images=tuple(images),
    )
