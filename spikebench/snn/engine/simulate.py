"""Run a converted network on images: the one way to simulate, for all T of a grid at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.engine.observe import Observe
from spikebench.snn.engine.simulation import Simulation
from spikebench.snn.engine.staged import run_stages
from spikebench.snn.engine.tiling import Band, bands, joined
from spikebench.snn.engine.values import windows
from spikebench.snn.graph.stages import is_staged
from spikebench.snn.kernels.memory import keep_freed_pages
from spikebench.snn.model.codes.coded import Coded
from spikebench.snn.model.network import Network
from spikebench.snn.model.recording import Recording


@torch.inference_mode()  # as a decorator it is off again while the caller looks at a recording
def simulate(
    network: Network,
    image: Tensor,
    timesteps: Iterable[int],
    observe: Observe | None = None,
    budget: int | None = None,
    *,
    apart: bool = False,
) -> Iterator[Recording]:
    """Yield a recording for each T of `timesteps`, ascending, from one run to the largest.

    `image` (N, C, H, W) has the network's dtype; a large one is simulated in bands of rows.
    `observe` hears every step of every site (`Firing`), in order of execution; it changes no number
    but the time that all takes. `budget` bounds the memory of membranes and counts, in bytes, by
    cutting the image into bands of rows, 2 GiB where it is not given; on a device also that of the
    steps that a layer takes together. With `apart` the recording of a batch has one for each image,
    too; such a batch is not cut into bands: see `apart.most_together`.
    Raises `BenchError` where a site has no neuron or a T is not a positive whole number.
    """
    grid = list(timesteps)
    if not grid or not all(type(t) is int and t > 0 for t in grid):  # True is no number of steps
        raise BenchError(f"timesteps: {grid}; expected positive whole numbers, such as [1, 2, 4].")
    keep_freed_pages()
    network = replace(network, graph=network.graph.at(image.shape))
    times, parts = sorted(set(grid)), [] if apart else bands(network, image, budget)
    if parts:
        found = (_run(network, image, times, band, observe, budget=budget) for band in parts)
        yield from joined([iter(list(recordings)) for recordings in found])
    elif is_staged(network.graph):
        run = partial(_run, observe=observe, budget=budget)
        yield from run_stages(network, image, times, run, apart=apart)
    else:
        yield from _run(network, image, times, observe=observe, budget=budget, apart=apart)


def _run(
    network: Network,
    image: Tensor,
    times: Sequence[int],
    band: Band | None = None,
    observe: Observe | None = None,
    given: Mapping[str, Tensor] | None = None,
    budget: int | None = None,
    *,
    apart: bool = False,
) -> Iterator[Recording]:
    if network.protocol.waits:
        return windows.run(network, image, times, band, observe, given, apart=apart)
    for site, neuron in network.neurons.items():
        if isinstance(neuron, Coded):
            raise BenchError(
                f"Site '{site}' has a {type(neuron).__name__}, which waits for its whole input; "
                "the protocol does not. Write `network.protocol = Waiting()` in `convert`."
            )
    simulation = Simulation(network, image, band, observe, given, budget, apart=apart)
    return network.protocol.run(simulation, times)
