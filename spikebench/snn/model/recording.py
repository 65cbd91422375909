"""What a simulation gives at one T: the restored image, and exact counts of what it took."""

from dataclasses import dataclass, field

from torch import Tensor

from spikebench.spike_kinds import SpikeKind


@dataclass(frozen=True)
class LayerCount:
    """Counts of one synapse over the whole inference, summed over the batch.

    `neurons` send to it, `events` are their non-zero outputs, `spikes` the same with multiplicity,
    `synops` the spikes times their exact fan-out. MACs are those of an analogue input: `cached`
    pays a constant current once, `streaming` at every step. `passes`: steps in which the neurons
    behind it are updated, None where these are all passes of the network. An analogue node is such
    a layer, too: `special_ops` are its exponentials, roots and quotients. `bits` is the width of
    the activations that enter, where neurons quantise and do not spike.
    """

    layer: str
    op: str
    input_kind: SpikeKind
    neurons: int = 0
    events: int = 0
    spikes: int = 0
    synops: int = 0
    macs_cached: int = 0
    macs_streaming: int = 0
    macs_analogue: int = 0  # of all passes, if its input is found to be analogue elsewhere
    passes: int | None = None
    special_ops: int = 0
    is_node: bool = False  # an analogue node, no synapse
    bits: int | None = None

    @property
    def analogue_macs(self) -> int:
        """The multiply-accumulates of an analogue node, 0 for a synapse."""
        return self.macs_cached if self.is_node else 0


@dataclass(frozen=True)
class Recording:
    """The result at one T, of a whole batch.

    `output` is the restored image (N, C, H, W). `decoded` are the output layer's values before a
    skip is added, None where there is no such layer. `latency_steps` are all passes until then, or
    the steps that layers take one after the other where they wait for each other; `state_ops`
    additions and comparisons outside the synapses, `spike_kind` the richest alphabet that any
    neuron used, `seconds` the time since the simulation began. `settled` are the values of the
    nodes that a later stage reads, by name. `images` are the recordings of each image of the batch,
    where these were asked for.
    """

    timesteps: int
    latency_steps: int
    output: Tensor
    decoded: Tensor | None
    layers: list[LayerCount]
    neurons: int
    spikes: int
    state_ops: int
    seconds: float
    spike_kind: SpikeKind
    settled: dict[str, Tensor] = field(default_factory=dict)
    images: tuple["Recording", ...] = ()
