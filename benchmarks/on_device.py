"""The measurements of `benchmarks.device`, on a device that is given.

Networks are the two that lie in the checkout, and for speed one of DnCNN's published size with
weights that are drawn: what a dense convolution takes does not depend on them. The picture is made
up.
"""

import copy
import math
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import metadata
from itertools import product
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from benchmarks.gpu_kernels import NEURONS, compared
from spikebench.ann.architecture import construct
from spikebench.snn import Network, Recording, load_method, simulate
from spikebench.snn.engine.ann_counts import count_ann
from spikebench.snn.kernels.fire import gpu_kernels

NETS: dict[str, tuple[str, dict[str, Any], int]] = {  # architecture, options, scale
    "dncnn_tiny_s25": ("dncnn", {"depth": 8, "width": 48}, 1),
    "espcn_tiny_x2": ("espcn", {"scale": 2, "depth": 5, "width": 32}, 2),
}
LARGE = {"depth": 17, "width": 64}  # DnCNN-S
METHODS = (
    *("percentile_norm", "signed_if", "burst", "multi_threshold", "dcgs"),
    *("spikingir", "graded_reuse", "ttfs", "radix", "phase_coding"),
)
SIGMA = 25 / 255
ROUNDS = 5
# docs/scale.md: the default benchmark has so many GMAC a row, and so many rows.
GMAC_OF_A_ROW, ROWS, STEPS = 22_000, 54, 32


Case = tuple[Network, Tensor, Tensor]  # on the CPU, with an input and its clean image


class Left(Protocol):
    """Says how many seconds are left."""

    @property
    def left(self) -> float:
        """Seconds, below 0 where there are none."""


def picture(side: int, seed: int = 0) -> Tensor:
    """Return a made-up clean image (1, 1, side, side) in [0, 1]: waves, stripes and discs."""
    random = torch.Generator().manual_seed(seed)
    y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    image = 0.5 + 0.2 * torch.sin(x / 11) * torch.cos(y / 17) + 0.1 * torch.sin((x + y) / 3).sign()
    for _ in range(6):
        cx, cy, radius, level = torch.rand(4, generator=random).tolist()
        inside = (x / side - cx) ** 2 + (y / side - cy) ** 2 < (0.05 + 0.15 * radius) ** 2
        image = torch.where(inside, level, image)
    return image.clamp(0, 1)[None, None]


def degraded(clean: Tensor, scale: int, seed: int = 0) -> Tensor:
    """Return what a network of NETS is given for clean images: noise, or half the size."""
    if scale > 1:
        return avg_pool2d(clean, scale)
    random = torch.Generator().manual_seed(seed)
    return clean + SIGMA * torch.randn(clean.shape, generator=random)


def psnr(output: Tensor, clean: Tensor) -> float:
    """Return the PSNR of an output in dB; values are cut to [0, 1]."""
    error = (output.cpu().double().clamp(0, 1) - clean.double()).square().mean()
    return -10 * math.log10(float(error))


def plain_torch(module: nn.Module, thetas: list[Tensor], image: Tensor, steps: int) -> Tensor:
    """Return the mean output of a chain of layers with IF neurons, all steps in one batch."""
    value, left = image.expand(steps, *image.shape[1:]), iter(thetas)
    for layer in module.children():
        if not isinstance(layer, nn.ReLU):
            value = layer(value)
            continue
        theta, u = next(left), torch.zeros_like(value[:1])
        sent = torch.empty_like(value)
        for step in range(steps):
            u = u + value[step : step + 1]
            sent[step] = ((u >= theta).to(u) * theta)[0]
            u = u - sent[step : step + 1]
        value = sent
    return value.mean(0, keepdim=True)


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


class Measurements:
    """All measurements on one device, of images of `side` pixels and `steps` steps."""

    def __init__(self, device: torch.device, side: int, steps: int, clock: Left) -> None:
        self.device, self.side, self.steps, self.clock = device, side, steps, clock
        self.on_gpu = device.type == "cuda"
        self._cases: dict[tuple[str, str], Case] = {}

    def versions(self) -> dict[str, Any]:
        """Return what computes."""
        return {
            "torch": torch.__version__,
            "cuda": torch.version.cuda,
            "triton": _version("triton"),
            "cudnn": torch.backends.cudnn.version() if self.on_gpu else None,
            "side": self.side,
            "steps": self.steps,
        }

    def parts(self) -> dict[str, Callable[[], Any]]:
        """Return the measurements by name, the most wanted first."""
        return {
            "kernels": self.kernels,
            "parity": self.parity,
            "determinism": self.determinism,
            "speed": self.speed,
            "cells": self.cells,
        }

    def kernels(self) -> list[dict[str, Any]]:
        """Compare each neuron's kernel with its own step in PyTorch there, to the bit, and time it.

        None on a device that has no kernels, such as the CPU of a rehearsal.
        """
        kernels = gpu_kernels() if self.on_gpu else None
        if kernels is None:
            return []
        return [compared(kernels, name, self.device, self.side, self.steps) for name in NEURONS]

    def parity(self) -> list[dict[str, Any]]:
        """Compare each network with itself on the CPU: PSNR, SynOps, spikes that differ."""
        found = []
        for (net, method), (network, image, clean) in self._in_time():
            expected = self._run(network, image)
            there = self._run(self._there(network), image.to(self.device))
            scores = psnr(expected.output, clean), psnr(there.output, clean)
            synops = [sum(layer.synops for layer in one.layers) for one in (expected, there)]
            found.append(
                {
                    "network": net,
                    "method": method,
                    "psnr": scores[1],
                    "psnr_difference": abs(scores[1] - scores[0]),
                    "synops_difference": abs(synops[1] - synops[0]) / max(synops[0], 1),
                    "spikes": there.spikes,
                    "spikes_difference": abs(there.spikes - expected.spikes),
                    "largest_difference": float((there.output.cpu() - expected.output).abs().max()),
                }
            )
        return found

    def determinism(self) -> dict[str, bool]:
        """Tell by method whether three runs give the same bits and counts."""
        found = {}
        for (net, method), (network, image, _) in self._in_time():
            moved, image = self._there(network), image.to(self.device)
            first, *others = (self._run(moved, image) for _ in range(3))
            found[f"{net} {method}"] = all(
                torch.equal(one.output, first.output) and one.layers == first.layers
                for one in others
            )
        return found

    def speed(self) -> dict[str, Any]:
        """Time DnCNN-S: ours, plain PyTorch and SpikingJelly in turn, then our CPU."""
        module = self._large()
        image = degraded(picture(self.side), 1)
        network = load_method(Path("methods/percentile_norm.py")).apply(
            module, degraded(self._patches(), 1), (self.steps,)
        )
        there, moved = self._there(network), image.to(self.device)
        thetas = [network.neurons[site.name].theta for site in network.sites]
        body = copy.deepcopy(module.model).to(self.device)
        moved_thetas = [theta.to(self.device) for theta in thetas]
        runs: dict[str, Callable[[], Any]] = {
            "ours": lambda: self._run(there, moved),
            "plain_torch": lambda: plain_torch(body, moved_thetas, moved, self.steps),
        }
        found: dict[str, Any] = {}
        runs |= self._rivals(module, thetas, moved, found)
        seconds = self._in_turn(runs)
        found["seconds"] = seconds
        found["memory_mib"] = self._peak_mib(runs["ours"])
        ours = statistics.median(seconds["ours"])
        medians = {name: statistics.median(times) for name, times in seconds.items()}
        found["plain_torch_over_ours"] = medians["plain_torch"] / ours
        rivals = [median for name, median in medians.items() if name.startswith("spikingjelly")]
        if rivals:
            found["spikingjelly_over_ours"] = min(rivals) / ours
        if self.on_gpu and self.clock.left > 0:
            started = time.perf_counter()
            self._run(network, image)
            found["cpu_threads"] = torch.get_num_threads()
            found["cpu_over_ours"] = (time.perf_counter() - started) / ours
        return found

    def cells(self) -> dict[str, Any]:
        """Time an image of each network and method; extrapolate to the default benchmark."""
        seconds: dict[str, float] = {}
        per_work = []
        for (net, method), (network, image, _) in self._in_time():
            there, moved = self._there(network), image.to(self.device)
            times = self._in_turn({"ours": partial(self._run, there, moved)})
            seconds[f"{net} {method}"] = statistics.median(times["ours"])
            _, counts = count_ann(network.graph, image)
            gmac = sum(layer.macs_dense for layer in counts.layers.values()) / 1e9
            per_work.append(seconds[f"{net} {method}"] / (gmac * self.steps))
        whole = statistics.mean(per_work) * GMAC_OF_A_ROW * STEPS * ROWS
        return {
            "measured": len(seconds),
            "seconds": seconds,
            "images_an_hour": 3600 / statistics.mean(seconds.values()),
            "default_benchmark_hours": whole / 3600,  # simulation alone, metrics not counted
        }

    def _in_time(self) -> Iterator[tuple[tuple[str, str], Case]]:
        """Yield (network, method) with what was converted, for as long as there is time."""
        for method, net in product(METHODS, NETS):
            if self.clock.left <= 0:
                return
            if (net, method) not in self._cases:
                self._cases[net, method] = self._converted(net, method)
            yield (net, method), self._cases[net, method]

    def _converted(self, net: str, method: str) -> Case:
        architecture, options, scale = NETS[net]
        module = construct(Path(f"backbones/{architecture}.py"), options).eval()
        module.load_state_dict(load_file(f"backbones/weights/{net}.safetensors"))
        patches = degraded(self._patches(), scale)
        network = load_method(Path(f"methods/{method}.py")).apply(module, patches, (self.steps,))
        clean = picture(self.side, seed=1)
        return network, degraded(clean, scale), clean

    def _patches(self) -> Tensor:
        """Return clean patches (8, 1, 48, 48) of another picture than the one restored."""
        tiles = picture(192, seed=2).unfold(2, 48, 48).unfold(3, 48, 48)
        return tiles.reshape(-1, 1, 48, 48)[:8]

    def _large(self) -> Any:
        """Return DnCNN-S, its weights drawn as He et al. do."""
        module = construct(Path("backbones/dncnn.py"), LARGE).eval()
        random = torch.Generator().manual_seed(0)
        for layer in module.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=random)
        return module

    def _there(self, network: Network) -> Network:
        return copy.deepcopy(network).to(self.device)

    def _run(self, network: Network, image: Tensor) -> Recording:
        (recording,) = simulate(network, image, [self.steps])
        return recording

    def _rivals(
        self, module: Any, thetas: list[Tensor], image: Tensor, found: dict[str, Any]
    ) -> dict[str, Callable[[], Any]]:
        """Return SpikingJelly in all its modes and backends that run here, each tried once."""
        try:
            from benchmarks.rivals import place_neurons, rival

            theirs = rival("spikingjelly")
        except ImportError as error:
            found["spikingjelly"] = f"not measured: {error}"
            return {}
        runs: dict[str, Callable[[], Any]] = {}
        for mode in theirs.MODES:
            for backend in ("torch", "cupy", "triton"):
                net = copy.deepcopy(module)
                place_neurons(net, theirs, [float(theta.max()) for theta in thetas], mode)
                layout = torch.channels_last if "channels" in mode else torch.contiguous_format
                net = net.to(self.device).to(memory_format=layout)
                run = torch.inference_mode()(
                    lambda net=net, mode=mode: theirs.restore(net, image, self.steps, mode)
                )
                try:
                    theirs.functional.set_backend(net, backend)
                    run()
                except Exception as error:  # a backend that is not there, in words of its own
                    found[f"spikingjelly {mode} {backend}"] = f"{type(error).__name__}: {error}"
                    continue
                runs[f"spikingjelly {mode} {backend}"] = run
        return runs

    def _in_turn(self, runs: dict[str, Callable[[], Any]]) -> dict[str, list[float]]:
        """Time all runs in turn, some rounds, after a warm-up."""
        for run in runs.values():
            run()
        seconds: dict[str, list[float]] = {name: [] for name in runs}
        for turn in range(ROUNDS):
            if turn and self.clock.left <= 0:
                break
            for name, run in runs.items():
                self._wait()
                started = time.perf_counter()
                with torch.inference_mode():
                    run()
                self._wait()
                seconds[name].append(time.perf_counter() - started)
        return seconds

    def _peak_mib(self, run: Callable[[], Any]) -> float | None:
        if not self.on_gpu:
            return None
        torch.cuda.reset_peak_memory_stats()
        run()
        return torch.cuda.max_memory_allocated() / 2**20

    def _wait(self) -> None:
        if self.on_gpu:
            torch.cuda.synchronize()
