"""Check of what a neuron looks at: cut into bands in two ways, an image gives the same spikes."""

import copy

import torch
from torch import Tensor

from spikebench.conformance.subject import TIME, Subject
from spikebench.conformance.verdict import NotApplicable, Objection
from spikebench.snn import LayerCount, Network, Recording, simulate
from spikebench.snn.engine.tiling import bands
from spikebench.spike_kinds import SpikeKind

ROWS, COLUMNS = 40, 6
SHARES = (2, 3)  # of the memory of the whole image


def neighbours(subject: Subject) -> str | None:
    """A neuron's spikes depend on as many of its neighbours as it says (`reach`)."""
    cut = 0
    for case in subject.converted:
        network = copy.deepcopy(case.networks[TIME]).to(torch.float64)
        (whole,) = simulate(network, _picture(), [TIME])
        for share in SHARES:
            budget = _budget(network, share)
            if budget is None:
                continue
            cut += 1
            (parts,) = simulate(network, _picture(), [TIME], budget=budget)
            if not _same(whole, parts):
                raise Objection(
                    f"{case.name}: cut into bands of rows, as large images are, it sends other "
                    "spikes than whole. A neuron looks at others of its layer: say how far, "
                    "`reach: ClassVar[int | None] = 2` rows and columns, or None for all of them."
                )
    if not cut:
        raise NotApplicable("its neurons look at their whole layer: no image is cut")
    return None


def _picture() -> Tensor:
    """Return a tall image (1, 1, 40, 6), bright above and dark below."""
    noise = torch.rand(1, 1, ROWS, COLUMNS, generator=torch.Generator().manual_seed(2))
    fade = torch.linspace(1.0, 0.1, ROWS).view(1, 1, -1, 1)
    return (noise * fade).double()


def _budget(network: Network, share: int) -> int | None:
    """Return a budget that cuts the picture, None where nothing does."""
    rows = ROWS * COLUMNS
    for budget in range(rows * 400 // share, 0, -rows):
        if len(bands(network, _picture(), budget)) >= share:
            return budget
    return None


def _same(whole: Recording, parts: Recording) -> bool:
    close = torch.allclose(whole.output, parts.output, rtol=0, atol=1e-9)
    counts = ([_counted(layer) for layer in recording.layers] for recording in (whole, parts))
    return close and next(counts) == next(counts)


def _counted(layer: LayerCount) -> tuple[object, ...]:
    """Return what is priced: of an analogue input no spikes, which depend on what looks graded."""
    work = (layer.input_kind, layer.synops, layer.macs_cached, layer.macs_streaming)
    return work if layer.input_kind is SpikeKind.ANALOGUE else (*work, layer.spikes, layer.events)
