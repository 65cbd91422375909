"""Exact counts of what is no spike: passes, multiply-accumulates, state operations."""

from collections.abc import Sequence
from typing import Self

from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.graph.nodes import Node, Work
from spikebench.snn.graph.synapse import dense_macs
from spikebench.snn.model.step import Step


class PassCounter:
    """Passes through the network, and those of them that present the image."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.passes = self.image_passes = 0

    def update(self, steps: Sequence[Step]) -> None:
        """Add a pass for each step."""
        self.passes += len(steps)
        self.image_passes += sum(step.image for step in steps)

    def wait(self, passes: int, image_passes: int) -> None:
        """Add passes in which layers wait for each other and no neuron takes a step."""
        self.passes += passes
        self.image_passes += image_passes

    def compute(self) -> tuple[int, int]:
        """Return both numbers."""
        return self.passes, self.image_passes

    def copy(self) -> Self:
        """Return an independent copy."""
        other = type(self)()
        other.wait(self.passes, self.image_passes)
        return other


class MacCounter:
    """Multiply-accumulates of one dense pass of each synapse."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._macs: dict[str, int] = {}

    def update(self, node: Node, value: Tensor, result: Tensor) -> None:
        """Note the work of a synapse node on a value for a result, or for neurons of its shape."""
        self._macs[node.name] = dense_macs(node.synapse, value, result)

    def compute(self) -> dict[str, int]:
        """Return the MACs of one pass by synapse."""
        return self._macs

    def copy(self, images: int = 1) -> Self:
        """Return an independent copy, of one of so many images of a batch."""
        other = type(self)()
        other._macs = {name: shared(macs, images) for name, macs in self._macs.items()}
        return other


class AnalogueCounter:
    """What the analogue nodes take, once for each recorded T."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._work: dict[str, Work] = {}

    def update(self, node: Node, inputs: list[Tensor], result: Tensor) -> None:
        """Note the work of an analogue node on its inputs for its result."""
        self._work[node.name] = node.work(inputs, result)

    def compute(self) -> dict[str, Work]:
        """Return the work by node."""
        return self._work

    def copy(self, images: int = 1) -> Self:
        """Return an independent copy, of one of so many images of a batch."""
        other = type(self)()
        other._work = {
            name: Work(*(shared(count, images) for count in (one.macs, one.special, one.state)))
            for name, one in self._work.items()
        }
        return other


class StateCounter:
    """Additions and comparisons outside the synapses: neurons, biases, sums of maps."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._operations = 0

    def update(self, operations: int) -> None:
        """Add so many operations."""
        self._operations += operations

    def compute(self) -> int:
        """Return their number."""
        return self._operations

    def copy(self, images: int = 1) -> Self:
        """Return an independent copy, of one of so many images of a batch."""
        other = type(self)()
        other.update(shared(self._operations, images))
        return other


def shared(count: int, images: int) -> int:
    """Return the part of one of so many images of a size, which take equal work.

    Raises `BenchError` where a count is no such multiple.
    """
    if count % images:
        raise BenchError(f"{count} operations are not shared equally by {images} images.")
    return count // images
