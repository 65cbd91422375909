"""Several images of a size in one batch, of which each has its own recording.

On a device a batch takes little longer than one of its images. What an image sends is counted for
it alone; what follows from sizes alone is shared equally.
"""

from dataclasses import replace

from torch import Tensor

from spikebench.snn.engine.counting.counters import Counters
from spikebench.snn.engine.tiling import bands
from spikebench.snn.model.network import Network
from spikebench.snn.model.recording import Recording

MOST = 16  # images


def most_together(network: Network, image: Tensor) -> int:
    """Return how many images like this one, (1, C, H, W), are simulated whole in one batch."""
    graph = network.graph.at(image.shape)
    images = MOST
    while images > 1 and bands(replace(network, graph=graph), image.expand(images, -1, -1, -1)):
        images //= 2
    return images


def by_image(whole: Recording, counters: Counters) -> tuple[Recording, ...]:
    """Return the recording of each image, from that of the batch and what its counters kept."""
    images = len(whole.output)
    if images == 1:
        return (whole,)
    return tuple(_of(whole, *pair) for pair in enumerate(counters.by_image(images)))


def _of(whole: Recording, place: int, counters: Counters) -> Recording:
    neurons, spikes = counters.totals()
    here = slice(place, place + 1)
    return replace(
        whole,
        output=whole.output[here],
        decoded=None if whole.decoded is None else whole.decoded[here],
        layers=counters.compute(),
        neurons=neurons,
        spikes=spikes,
        state_ops=counters.state.compute(),
        seconds=whole.seconds / len(whole.output),
        spike_kind=counters.kind(),
        settled={name: value[here] for name, value in whole.settled.items()},
    )
