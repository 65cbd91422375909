"""Restore one image at every T by a converted backbone, and measure and count what it took."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

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
from spikebench.snn.engine.apart import most_together
from spikebench.snn.engine.simulate import simulate
from spikebench.snn.graph.agreement import check_agreement
from spikebench.snn.graph.forward import run_ann
from spikebench.snn.graph.nodes import Graph
from spikebench.snn.kernels.device import CPU
from spikebench.snn.method import Method, Reference
from spikebench.snn.model.network import Network
from spikebench.snn.model.recording import Recording
from spikebench.snn.model.serialise import ANYTIME
from spikebench.stages.room import halved, with_room
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

    def batches(self, samples: Iterable[Sample]) -> Iterator[list[Sample]]:
        """Yield images that are restored together: on a device, those of one size in a row."""
        if self.device == CPU or isinstance(self.method, Reference):
            yield from ([sample] for sample in samples)
            return
        for _, group in groupby(samples, lambda sample: sample.degraded.shape):
            alike = list(group)
            image = self._padded(alike[0])
            most = min(most_together(network, image) for network in self.networks.values())
            yield from (alike[first : first + most] for first in range(0, len(alike), most))

    def add(self, batch: Sequence[Sample], rows: Sequence[CellRows]) -> None:
        """Add each image of a batch at every T to its `rows`.

        It is padded where the backbone needs sides of some multiple, and what is restored is cut to
        size again; counts are of the padded image. Raises `BenchError` where an output is not
        finite, where the compiled ANN is not the module that it came from, or where the image has
        sides that it cannot take.
        """
        images = [self._padded(sample) for sample in batch]
        baselines = [self._baseline(*pair) for pair in zip(images, batch, strict=True)]
        for sample, baseline, outcomes, into in zip(
            batch, baselines, self._outcomes(images, batch, baselines), rows, strict=True
        ):
            target = self._target(sample)
            for outcome in outcomes:
                into.add(sample, outcome, target.scores(outcome.output), baseline)

    def _padded(self, sample: Sample) -> Tensor:
        return pad_to_multiple(sample.degraded, self.spec.multiple).to(self.device)

    def _target(self, sample: Sample) -> Target:
        task = self.spec.task
        return Target(sample.target, task.protocol, task.scale, self.lpips)

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

    def _outcomes(
        self, images: list[Tensor], batch: Sequence[Sample], baselines: list[Baseline]
    ) -> Iterator[Iterable[Outcome]]:
        """Yield the outcomes of each image, ascending in T."""
        if isinstance(self.method, Reference):
            for each in zip(images, batch, baselines, strict=True):
                yield [self._of_reference(self.method, *each)]
            return
        for sample, recordings in zip(batch, self._restored(images), strict=True):
            yield (
                replace(Outcome.of_recording(one), output=_cropped(one.output, sample))
                for one in recordings
            )

    def _restored(self, images: list[Tensor]) -> Sequence[Iterable[Recording]]:
        """Return the recordings of each image, which a CPU makes when they are asked for."""
        if len(images) == 1:
            return [self._recordings(images[0])]
        return halved(self._together, torch.cat(images))

    def _together(self, batch: Tensor) -> list[Iterable[Recording]]:
        """Return the same of a batch on a device."""
        if len(batch) == 1:
            return [list(self._recordings(batch))]
        of_times = (
            map(_on_host, whole.images)
            for network, timesteps in self._runs()
            for whole in simulate(network, batch, timesteps, apart=True)
        )
        return list(zip(*of_times, strict=True))

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

    def _runs(self) -> Iterator[tuple[Network, list[int]]]:
        """Yield each network with the T that it is simulated for."""
        if ANYTIME in self.networks:
            yield self.networks[ANYTIME], self.timesteps
            return
        for time in self.timesteps:
            yield self.networks[time], [time]

    def _recordings(self, image: Tensor) -> Iterator[Recording]:
        for network, timesteps in self._runs():
            yield from self._simulated(network, image, timesteps)

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
