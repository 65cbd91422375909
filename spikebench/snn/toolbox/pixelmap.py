"""A pixel map: the convolution from discrete output values to the ANN's continuous ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.calibration.activations import Calibration
from spikebench.snn.engine.simulate import simulate
from spikebench.snn.graph.forward import run_ann
from spikebench.snn.model.network import Network
from spikebench.snn.model.readouts import OutputMap

RIDGE = 1e-4  # pull towards the identity, relative to the mean squared feature


@dataclass
class PixelMap(OutputMap):
    """A convolution from the spiking output layer's discrete values to continuous ones.

    `weight` (K, C_out, C_in, k, k) and `bias` (K, C_out) hold one kernel for each entry of
    `timesteps`, since the values' spacing depends on T. It is linear and runs once per output.
    Convolutional Pixel Mapping, Ouyang et al., AAAI 2026, re-derived (see methods/spikingir.py).
    """

    weight: Tensor
    bias: Tensor
    timesteps: list[int] = field(default_factory=list)

    layer: ClassVar[str] = "pixel_map"

    def __call__(self, value: Tensor, timesteps: int) -> Tensor:
        """Map (N, C_in, H, W) to (N, C_out, H, W). Raises `BenchError` for a T without kernel."""
        if timesteps not in self.timesteps:
            raise BenchError(
                f"The pixel map was fitted for T in {self.timesteps}, not for T={timesteps}. "
                "Convert again with this T in `timesteps`."
            )
        index = self.timesteps.index(timesteps)
        padded = F.pad(value, [self.border] * 4, mode="replicate")
        # A copy, since the sum is rounded in an order that depends on where in memory weights lie
        return F.conv2d(padded, self.weight[index].clone(), self.bias[index].clone())

    def macs(self, value: Tensor) -> int:
        """Return the multiply-accumulates of one call on a value of shape (N, C_in, H, W)."""
        return value.numel() * self.weight.shape[1] * self.weight.shape[-1] ** 2

    @property
    def border(self) -> int:
        return self.weight.shape[-1] // 2


def trained_pixel_map(learnt: Mapping[str, Tensor], timesteps: tuple[int, ...]) -> PixelMap:
    """Return the pixel map that was learnt together with the network, the same one for each T.

    `learnt` holds `weight` (C, C, k, k) and `bias` (C,), as `Calibration.trained_output`.
    """
    grid = sorted(set(timesteps))
    weight, bias = (torch.stack([learnt[name]] * len(grid)) for name in ("weight", "bias"))
    return PixelMap(weight, bias, grid)


def fit_pixel_map(
    network: Network,
    calibration: Calibration,
    timesteps: tuple[int, ...],
    kernel: int,
    *,
    tuned: bool = False,
) -> PixelMap:
    """Return one `kernel` x `kernel` convolution for each T, fitted on the calibration patches.

    Least squares between the decoded values D of the spiking output layer and the ANN's currents
    at the same place, with a small ridge around the identity: the minimum over W, b of
    |conv(D; W, b) - target|^2 + ridge |W - identity|^2, solved by the normal equations in float64.
    The weights of a `tuned` network are no ANN's: its target are the mean currents that enter its
    output neurons, which its training made good.
    """
    site = next(site for site in network.graph.sites if site.role == "output")
    front = network.until(site.name)
    targets: Iterable[Tensor]
    if tuned:
        inner = network.until(network.graph[site.name].inputs[0])
        targets = (r.output for r in simulate(inner, calibration.patches, timesteps))
    else:
        targets = repeat(run_ann(front.graph, calibration.patches))
    weights, biases = [], []
    runs = simulate(front, calibration.patches, timesteps)
    for recording, target in zip(runs, targets, strict=False):  # one target may serve every T
        weight, bias = _fit(recording.output, target, kernel)
        weights.append(weight)
        biases.append(bias)
    return PixelMap(torch.stack(weights), torch.stack(biases), sorted(set(timesteps)))


def _fit(values: Tensor, target: Tensor, kernel: int) -> tuple[Tensor, Tensor]:
    """Return weight (C, C, k, k) and bias (C,) of one convolution from values to target."""
    channels = values.shape[1]
    features = _features(values, kernel)  # (pixels, C*k*k + 1)
    difference = (target - values).transpose(0, 1).flatten(1).T.double()  # (pixels, C)
    gram = features.T @ features
    ridge = RIDGE * gram.diagonal().mean()
    gram.diagonal().add_(ridge)
    change = torch.linalg.solve(gram, features.T @ difference).T.to(values.dtype)  # (C, C*k*k + 1)
    weight = change[:, :-1].reshape(channels, channels, kernel, kernel)
    identity = torch.zeros_like(weight)
    identity[..., kernel // 2, kernel // 2].fill_diagonal_(1.0)
    return weight + identity, change[:, -1]


def _features(values: Tensor, kernel: int) -> Tensor:
    padded = F.pad(values, [kernel // 2] * 4, mode="replicate")
    windows = F.unfold(padded, kernel).transpose(0, 1).flatten(1).T.double()
    return torch.cat([windows, windows.new_ones(len(windows), 1)], dim=1)
