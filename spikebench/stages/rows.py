"""Collect a cell's outcomes into the rows of its three tables."""

import base64
from collections import defaultdict
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
from torch import Tensor

from spikebench.data.samples import Sample
from spikebench.metrics.entropy import entropy
from spikebench.metrics.image import Scores
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.layers import LAYERS
from spikebench.results.columns.pictures import PICTURES
from spikebench.results.shards import write_shard
from spikebench.snn.engine.ann_counts import AnnCounts, AnnLayer
from spikebench.snn.model.recording import LayerCount, Recording
from spikebench.spike_kinds import SpikeKind
from spikebench.stages.pictures import centre_crop

COUNTED = (
    *("neurons", "events", "spikes", "synops", "macs_cached", "macs_streaming"),
    *("analogue_macs", "special_ops"),
)
OF_THE_ANN = tuple(item.name for item in fields(AnnLayer) if item.name != "op")
NOT_IN_THE_ANN = AnnLayer("", **dict.fromkeys(OF_THE_ANN, 0))  # such as a pixel map


@dataclass(frozen=True)
class Baseline:
    """What every row of an image is compared with: the ANN on it, and the degraded input."""

    output: Tensor  # (1, C, H, W)
    macs_dense: int
    counts: AnnCounts
    psnr: float
    psnr_input: float


@dataclass(frozen=True)
class Outcome:
    """A restored image (1, C, H, W) and what it took; T = 0 for a reference."""

    output: Tensor
    spike_class: str
    timesteps: int = 0
    latency_steps: int = 0
    neurons: int = 0
    spikes: int = 0
    state_ops: int = 0
    seconds: float = 0.0
    macs_cached: int = 0
    macs_streaming: int = 0
    layers: list[LayerCount] = field(default_factory=list)
    output_entropy: float | None = None  # bits per value of the output layer

    @classmethod
    def of_reference(
        cls, output: Tensor, ann: AnnCounts, *, ran: bool, decoded: Tensor | None
    ) -> Self:
        """Return the outcome of a reference: it cost what the ANN costs, or `ran` nothing.

        `decoded` are the values of the ANN's output layer, None where it did not run or has none.
        """
        layers = [_reference_layer(name, ann, ran) for name in ann.layers]
        macs = sum(layer.macs_cached for layer in layers)
        state_ops = ann.state_ops if ran else 0
        return cls(
            output,
            "none",
            state_ops=state_ops,
            macs_cached=macs,
            macs_streaming=macs,
            layers=layers,
            output_entropy=None if decoded is None else entropy(decoded),
        )

    @classmethod
    def of_recording(cls, recording: Recording) -> Self:
        """Return the outcome of a simulation at one T."""
        return cls(
            output=recording.output,
            spike_class=recording.spike_kind.label,
            timesteps=recording.timesteps,
            latency_steps=recording.latency_steps,
            neurons=recording.neurons,
            spikes=recording.spikes,
            state_ops=recording.state_ops,
            seconds=recording.seconds,
            macs_cached=sum(layer.macs_cached for layer in recording.layers),
            macs_streaming=sum(layer.macs_streaming for layer in recording.layers),
            layers=recording.layers,
            output_entropy=None if recording.decoded is None else entropy(recording.decoded),
        )


@dataclass
class CellRows:
    """The rows of one cell. `keys` and `provenance` stand in every row of the images table."""

    keys: dict[str, Any]
    provenance: dict[str, Any]
    images: list[dict[str, Any]] = field(default_factory=list)
    pictures: list[dict[str, Any]] = field(default_factory=list)
    _layers: dict[tuple[int, int], list["_Counted"]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, sample: Sample, outcome: Outcome, scores: Scores, baseline: Baseline) -> None:
        """Add one image at one T."""
        self.images.append(
            self.keys
            | self.provenance
            | {
                "image": sample.name,
                "spike_class": outcome.spike_class,
                "timesteps": outcome.timesteps,
                "latency_steps": outcome.latency_steps,
                "psnr": scores.psnr,
                "ssim": scores.ssim,
                "lpips": scores.lpips,
                "output_entropy": outcome.output_entropy,
                "psnr_ann": baseline.psnr,
                "psnr_input": baseline.psnr_input,
                "neurons": outcome.neurons,
                "synops": sum(layer.synops for layer in outcome.layers),
                "macs_cached": outcome.macs_cached,
                "macs_streaming": outcome.macs_streaming,
                "state_ops": outcome.state_ops,
                "macs_dense": baseline.macs_dense,
                "macs_effective": baseline.counts.macs_effective,
                "state_ops_ann": baseline.counts.state_ops,
                "spikes_per_neuron": outcome.spikes / max(outcome.neurons, 1),
                "seconds": outcome.seconds,
            }
        )
        for position, layer in enumerate(outcome.layers):
            ann = baseline.counts.layers.get(layer.layer, NOT_IN_THE_ANN)
            passes = outcome.latency_steps if layer.passes is None else layer.passes
            counted = _Counted(layer, ann, passes)
            self._layers[outcome.timesteps, position].append(counted)
        self._picture(sample, outcome, baseline)

    def record(self) -> dict[str, Any]:
        """Return the rows and counts as JSON can hold them, for `add_record`."""
        pictures = [{**p, "webp": base64.b64encode(p["webp"]).decode()} for p in self.pictures]
        layers = [
            (*place, vars(counted.layer), vars(counted.ann), counted.passes)
            for place, several in self._layers.items()
            for counted in several
        ]
        return {"images": self.images, "pictures": pictures, "layers": layers}

    def add_record(self, record: dict[str, Any]) -> None:
        """Add what `record` returned for other images of the same cell."""
        self.images += record["images"]
        self.pictures += [{**p, "webp": base64.b64decode(p["webp"])} for p in record["pictures"]]
        for timesteps, position, layer, ann, passes in record["layers"]:
            kind = SpikeKind(layer["input_kind"])
            counted = LayerCount(**layer | {"input_kind": kind})
            self._layers[timesteps, position].append(_Counted(counted, AnnLayer(**ann), passes))

    def write(self, images: Path, layers: Path, pictures: Path) -> None:
        """Write the three tables, each atomically."""
        write_shard(images, self.images, IMAGES)
        write_shard(layers, self._layer_rows(), LAYERS)
        write_shard(pictures, self.pictures, PICTURES)

    def _layer_rows(self) -> list[dict[str, Any]]:
        return [
            self._layer_row(timesteps, counted)
            for (timesteps, _), counted in sorted(self._layers.items())
        ]

    def _layer_row(self, timesteps: int, counted: list["_Counted"]) -> dict[str, Any]:
        """Average one synapse's counts at one T over the images."""
        first = counted[0].layer
        kept = ("task", "dataset", "backbone", "method", "seed")
        rates = [item.layer.spikes / (item.layer.neurons * item.passes or 1) for item in counted]
        return {
            **{key: self.keys[key] for key in kept},
            "timesteps": timesteps,
            "layer": first.layer,
            "op": first.op,
            "input_kind": SpikeKind(max(item.layer.input_kind for item in counted)).label,
            "bits": first.bits,
            "rate": float(np.mean(rates)),
            "passes": float(np.mean([item.passes for item in counted])),
            **{n: float(np.mean([getattr(item.layer, n) for item in counted])) for n in COUNTED},
            **{n: float(np.mean([getattr(item.ann, n) for item in counted])) for n in OF_THE_ANN},
        }

    def _picture(self, sample: Sample, outcome: Outcome, baseline: Baseline) -> None:
        """Keep a crop of the image restored at this T and, once, of its references."""
        shown = {"restored": outcome.output} if outcome.timesteps else {}
        if not self.pictures or self.pictures[-1]["image"] != sample.name:
            shown |= {"target": sample.target, "input": sample.floor, "ann": baseline.output}
        for role, image in shown.items():
            self.pictures.append(
                {key: self.keys[key] for key in ("dataset", "backbone", "method", "seed")}
                | {
                    "image": sample.name,
                    "timesteps": outcome.timesteps if role == "restored" else 0,
                    "role": role,
                    "webp": centre_crop(image),
                }
            )


@dataclass(frozen=True)
class _Counted:
    """One synapse on one image at one T."""

    layer: LayerCount
    ann: AnnLayer
    passes: int


def _reference_layer(name: str, ann: AnnCounts, ran: bool) -> LayerCount:
    layer = ann.layers[name]
    macs = layer.macs_dense if ran else 0
    kind = SpikeKind.ANALOGUE if ran else SpikeKind.NONE
    return LayerCount(
        name,
        layer.op,
        kind,
        macs_cached=macs,
        macs_streaming=macs,
        special_ops=ann.special_ops.get(name, 0) if ran else 0,
        is_node=name in ann.special_ops,
    )
