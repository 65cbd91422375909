"""Restore one image at every T by a converted backbone, and measure and count what it took."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from spikebench.ann.backbone import BackboneSpec
from spikebench.ann.macs import dense_macs
from spikebench.ann.sides import explained_by_sides
from spikebench.data.degrade import pad_to_multiple
from spikebench.data.samples import Sample
from spikebench.metrics.image import Target, measure
from spikebench.metrics.trunks import Trunk
from spikebench.snn.engine.ann_counts import count_ann
from spikebench.snn.engine.simulate import simulate
from spikebench.snn.graph.agreement import check_agreement
from spikebench.snn.graph.forward import run_ann
from spikebench.snn.graph.nodes import Graph
from spikebench.snn.kernels.device import CPU
from spikebench.snn.method import Method, Reference
from spikebench.snn.model.network import Network
from spikebench.snn.model.recording import Recording
from spikebench.snn.model.serialise import ANYTIME
from spikebench.stages.room import with_room
from spikebench.stages.rows import Baseline, CellRows, Outcome


@dataclass(frozen=True)
class Restorer:
    """A backbone as a module and compiled, and what a method made of it.

    `networks` holds one for each T, or one for all under `ANYTIME`. All of it lies on `device`;
    what is measured on a restored image is measured on the CPU.
    """

    spec: BackboneSpec
    module: nn.Module
    graph: Graph
    method: Method
    networks: dict[int, Network]
    timesteps: list[int]
    lpips: Trunk | None
    device: torch.device = CPU

    def add(self, sample: Sample, rows: CellRows) -> None:
        """Add the image at every T to `rows`.

        It is padded where the backbone needs sides of some multiple, and what is restored is cut to
        size again; counts are of the padded image. Raises `BenchError` where an output is not
        finite, where the compiled ANN is not the module that it came from, or where the image has
        sides that it cannot take.
        """
        task = self.spec.task
        image = pad_to_multiple(sample.degraded, self.spec.multiple).to(self.device)
        baseline = self._baseline(image, sample)
        target = Target(sample.target, task.protocol, task.scale, self.lpips)
        for outcome in self._outcomes(image, sample, baseline):
            rows.add(sample, outcome, target.scores(outcome.output), baseline)

    def _baseline(self, image: Tensor, sample: Sample) -> Baseline:
        with explained_by_sides(self.spec, self.module, image):
            padded, counts = count_ann(self.graph, image)
            check_agreement(self.module, self.graph, image, padded)
        output = _cropped(padded, sample).cpu()
        return Baseline(
            output=output,
            macs_dense=dense_macs(self.module, image) + counts.macs_of_nodes,
            counts=counts,
            psnr=self._psnr(output, sample),
            psnr_input=self._psnr(sample.floor, sample),
        )

    def _psnr(self, image: Tensor, sample: Sample) -> float:
        task = self.spec.task
        return measure(image, sample.target, task.protocol, scale=task.scale).psnr

    def _outcomes(self, image: Tensor, sample: Sample, baseline: Baseline) -> Iterator[Outcome]:
        if isinstance(self.method, Reference):
            yield self._of_reference(self.method, image, sample, baseline)
            return
        for recording in self._recordings(image):
            outcome = Outcome.of_recording(recording)
            yield replace(outcome, output=_cropped(outcome.output, sample))

    def _of_reference(
        self, method: Reference, image: Tensor, sample: Sample, baseline: Baseline
    ) -> Outcome:
        ran_ann = False

        def ann(degraded: Tensor) -> Tensor:
            nonlocal ran_ann
            ran_ann = True
            return baseline.output

        output = method.restore(ann, sample.degraded, sample.floor)
        decoded = self._decoded(image) if ran_ann else None
        return Outcome.of_reference(output, baseline.counts, ran=ran_ann, decoded=decoded)

    def _decoded(self, image: Tensor) -> Tensor | None:
        """Return the values of the ANN's output layer, None where it has several last synapses."""
        (network,) = self.networks.values()
        layer = network.output_layer
        return None if layer is None else run_ann(network.graph.until(layer), image).cpu()

    def _recordings(self, image: Tensor) -> Iterator[Recording]:
        if ANYTIME in self.networks:
            yield from self._simulated(self.networks[ANYTIME], image, self.timesteps)
            return
        for time in self.timesteps:
            yield from self._simulated(self.networks[time], image, [time])

    def _simulated(
        self, network: Network, image: Tensor, timesteps: list[int]
    ) -> Iterable[Recording]:
        """Simulate; on a device all T before the first is given out, with as much as it can hold.

        There recordings come back as they are made.
        """
        if self.device == CPU:
            return simulate(network, image, timesteps)

        def run(budget: int | None) -> list[Recording]:
            return list(map(_on_host, simulate(network, image, timesteps, budget=budget)))

        return with_room(run)


def _on_host(recording: Recording) -> Recording:
    """Return a recording whose maps were brought to the CPU."""
    decoded = None if recording.decoded is None else recording.decoded.cpu()
    return replace(recording, output=recording.output.cpu(), decoded=decoded, settled={})


def _cropped(padded: Tensor, sample: Sample) -> Tensor:
    height, width = sample.target.shape[-2:]
    return padded[..., :height, :width]
