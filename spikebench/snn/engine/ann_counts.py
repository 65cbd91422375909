"""What the network takes as the ANN it came from, layer by layer: every spiking row's rival."""

from dataclasses import dataclass, field

from torch import Tensor

from spikebench.snn.graph.forward import run_ann
from spikebench.snn.graph.nodes import Graph, Kind, Node, Work
from spikebench.snn.graph.synapse import Synapse, dense_macs, fan_out


@dataclass(frozen=True)
class AnnLayer:
    """One synapse or analogue node of the ANN: its work, summed over the batch, and its shape.

    `macs_dense` counts zeros, `macs_effective` skips zero activations and the zeros of padding:
    what an ideal sparse accelerator would compute. `inputs` and `outputs` are elements of the maps,
    `weights` and `biases` stored numbers, `kernel` the window's elements (1 in a linear layer).
    """

    op: str
    macs_dense: int
    macs_effective: int
    inputs: int
    outputs: int
    weights: int
    biases: int
    kernel: int
    channels_in: int
    channels_out: int


@dataclass
class AnnCounts:
    """The layers by name, in execution order, and the operations that belong to none of them.

    `state_ops` are additions and comparisons, as a spiking network counts its own: one for each
    bias and each element of a sum, one for each ReLU or other piecewise-linear activation.
    `special_ops` are exponentials, roots and quotients, by analogue node.
    """

    layers: dict[str, AnnLayer] = field(default_factory=dict)
    state_ops: int = 0
    special_ops: dict[str, int] = field(default_factory=dict)

    @property
    def macs_effective(self) -> int:
        """Effective multiply-accumulates of the whole network."""
        return sum(layer.macs_effective for layer in self.layers.values())

    @property
    def macs_of_nodes(self) -> int:
        """Multiply-accumulates of the analogue nodes."""
        return sum(self.layers[name].macs_dense for name in self.special_ops)


def count_ann(graph: Graph, image: Tensor) -> tuple[Tensor, AnnCounts]:
    """Return the ANN's output for `image` (N, C, H, W), and what it took."""
    counts = AnnCounts()

    def count(node: Node, inputs: list[Tensor], value: Tensor) -> None:
        if node.kind is Kind.SYNAPSE:
            counts.layers[node.name] = _layer(node.synapse, inputs[0], value)
            counts.state_ops += value.numel() * (node.synapse.bias is not None)
        elif node.kind is Kind.ANALOGUE:
            work = node.work(inputs, value)
            counts.layers[node.name] = _node(node, work, inputs, value)
            counts.special_ops[node.name] = work.special
            counts.state_ops += work.state
        elif not node.within:
            operates = node.adds or (node.kind is Kind.SITE and node.role == "activation")
            counts.state_ops += value.numel() * operates

    return run_ann(graph, image, observe=count), counts


def _node(node: Node, work: Work, inputs: list[Tensor], result: Tensor) -> AnnLayer:
    """Return an analogue node as a layer without weights."""
    first, axis = inputs[0], 1 if inputs[0].dim() == 4 else -1
    return AnnLayer(
        op=node.op,
        macs_dense=work.macs,
        macs_effective=work.macs,
        inputs=sum(value.numel() for value in inputs),
        outputs=result.numel(),
        weights=0,
        biases=0,
        kernel=1,
        channels_in=first.shape[axis],
        channels_out=result.shape[1 if result.dim() == 4 else -1],
    )


def _layer(module: Synapse, value: Tensor, result: Tensor) -> AnnLayer:
    axis = 1 if value.dim() == 4 else -1  # channels of (N, C, H, W), features of (N, F)
    return AnnLayer(
        op=type(module).__name__,
        macs_dense=dense_macs(module, value, result),
        macs_effective=_effective(module, value),
        inputs=value.numel(),
        outputs=result.numel(),
        weights=module.weight.numel(),
        biases=0 if module.bias is None else module.bias.numel(),
        kernel=module.weight[0, 0].numel(),
        channels_in=value.shape[axis],
        channels_out=result.shape[axis],
    )


def _effective(module: Synapse, value: Tensor) -> int:
    """Return non-zero inputs times their exact fan-out."""
    active = value != 0
    if value.dim() == 4:
        active = active.float().sum(dim=1, keepdim=True)  # exact, and faster than of whole numbers
    return int((active * fan_out(module, value.shape).to(active.device)).sum())
