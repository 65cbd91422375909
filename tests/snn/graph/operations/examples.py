"""Every operation of the table, as it may be written in a network, with geometries drawn at random.

An example takes the spikes of 4 channels and returns a map of any channels, (N, C, H, W).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.snn.nets import Net

CHANNELS = 4
odd, side = st.sampled_from([1, 3]), st.sampled_from([2, 3])


@dataclass
class Example:
    """What stands between a ReLU of 4 channels and the last convolution."""

    compute: Callable[[Net, Tensor], Tensor]
    layers: dict[str, nn.Module] = field(default_factory=dict)


def layer(build: Callable[..., nn.Module], **geometry: st.SearchStrategy) -> st.SearchStrategy:
    """Return examples of one module whose arguments are drawn."""
    drawn = st.fixed_dictionaries(geometry)
    return drawn.map(lambda given: Example(lambda net, s: net.layer(s), {"layer": build(**given)}))


def written(*computed: Callable[[Tensor], Tensor]) -> st.SearchStrategy:
    """Return examples of an operation without weights, in several notations."""
    return st.sampled_from(computed).map(lambda f: Example(lambda net, s: f(s)))


def convolution(given: dict) -> nn.Module:
    mode = given.pop("padding_mode")
    padding = given.pop("padding")
    if padding == "same":
        given["stride"] = 1
    return nn.Conv2d(CHANNELS, 6, padding=padding, padding_mode=mode, **given)


def transposed(given: dict) -> nn.Module:
    more = min(given["output_padding"], given["stride"] - 1)
    return nn.ConvTranspose2d(CHANNELS, 6, **given | {"output_padding": more})


def in_turn(s: Tensor) -> Tensor:
    """Spikes in another order of their channels, for operations of two maps."""
    return torch.cat([s[:, 2:], s[:, :2]], dim=1)


def attended(s: Tensor) -> Tensor:
    tokens = s.flatten(2).transpose(1, 2)
    found = F.scaled_dot_product_attention(tokens, tokens, tokens)
    return found.transpose(1, 2).reshape(s.shape)


def on_tokens(change: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    return lambda s: change(s.flatten(2).transpose(1, 2)).transpose(1, 2).reshape(s.shape)


def windowed(s: Tensor) -> Tensor:
    """Windows of 2 x 2, taken apart and put together as transformers do."""
    n, c, h, w = s.shape
    parts = s.view(n, c, h // 2, 2, w // 2, 2).permute(0, 2, 4, 1, 3, 5).reshape(-1, c, 2, 2)
    whole = parts.view(n, h // 2, w // 2, c, 2, 2).permute(0, 3, 1, 4, 2, 5)
    return whole.reshape(n, c, h, w)


def example_of_a_linear_layer(width: int) -> Example:
    def compute(net, s):
        return net.layer(s.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)

    return Example(compute, {"layer": nn.Linear(CHANNELS, width)})


def of_module(module: Callable[[], nn.Module], *functions: Callable[[Tensor], Tensor]):
    return st.one_of(layer(module), *([written(*functions)] if functions else []))


kernels = st.tuples(st.integers(1, 3), st.integers(1, 3))
EXAMPLES = {
    "convolution": st.fixed_dictionaries(
        {
            "kernel_size": kernels,
            "stride": st.integers(1, 2),
            "padding": st.sampled_from([0, 1, "same"]),
            "dilation": st.integers(1, 2),
            "groups": st.sampled_from([1, 2]),
            "padding_mode": st.sampled_from(["zeros", "reflect", "replicate", "circular"]),
        }
    ).map(lambda given: Example(lambda net, s: net.layer(s), {"layer": convolution(given)})),
    "transposed convolution": st.fixed_dictionaries(
        {
            "kernel_size": st.tuples(side, side),
            "stride": st.integers(1, 3),
            "padding": st.integers(0, 1),
            "output_padding": st.integers(0, 1),
            "groups": st.sampled_from([1, 2]),
        }
    ).map(lambda given: Example(lambda net, s: net.layer(s), {"layer": transposed(given)})),
    "linear layer": st.integers(1, 5).map(example_of_a_linear_layer),
    "ReLU": of_module(nn.ReLU, lambda s: F.relu(-s), lambda s: (s - 0.1).relu()),
    "sum": written(lambda s: s + in_turn(s), lambda s: torch.add(s, in_turn(s)), lambda s: s + 0.5),
    "difference": written(lambda s: s - in_turn(s), lambda s: s.sub(in_turn(s)), lambda s: 1 - s),
    "product with a constant": st.one_of(
        written(lambda s: s * 0.5, lambda s: 0.5 * s, lambda s: torch.mul(s, other=0.5)),
        st.just(Example(lambda net, s: net.scale * s)),
    ),
    "quotient by a constant": written(lambda s: s / 4, lambda s: torch.div(s, 4)),
    "negation": written(lambda s: -s, torch.neg),
    "mean over dimensions": written(
        lambda s: s.mean(dim=(2, 3), keepdim=True),
        lambda s: s.mean((2, 3)).view(-1, CHANNELS, 1, 1),
        lambda s: torch.mean(s, dim=1, keepdim=True),
    ),
    "sum over dimensions": written(lambda s: s.sum(dim=1, keepdim=True)),
    "constant map": written(lambda s: s),  # of the image alone: tested by itself
    "concatenation": written(lambda s: torch.cat([s, s[:, 1:3]], dim=1)),
    "stack": written(lambda s: torch.stack([s, in_turn(s)], dim=1).flatten(1, 2)),
    "slice": written(lambda s: s[:, 1:3], lambda s: s[..., ::2, 1:], lambda s: s[:, [0, 2]]),
    "part of a chunk or split": written(
        lambda s: s.chunk(2, dim=1)[1],
        lambda s: torch.split(s, [1, 3], dim=1)[1],
        lambda s: torch.cat(list(reversed(torch.chunk(s, 2, 1))), 1),
        lambda s: s.unbind(1)[2].unsqueeze(1),
    ),
    "flatten": written(lambda s: s.flatten(2).unsqueeze(-1)),
    "reshape": written(windowed, lambda s: s.view(s.shape[0], 2, 2, *s.shape[2:]).flatten(1, 2)),
    "permutation": written(lambda s: s.permute(0, 1, 3, 2), lambda s: s.movedim(2, 3)),
    "transposition": written(lambda s: s.transpose(2, 3), lambda s: torch.swapaxes(s, 2, 3)),
    "squeeze": written(lambda s: s.unsqueeze(0).squeeze(0)),
    "map of tokens": written(on_tokens(lambda t: F.relu(t - 0.05))),
    "roll": written(lambda s: torch.roll(s, (1, -1), (2, 3)), lambda s: s.roll(1, 1)),
    "flip": written(lambda s: s.flip(-1), lambda s: torch.flip(s, (2, 3))),
    "repetition": written(lambda s: s.repeat(1, 2, 1, 1), lambda s: s[:, :1].expand_as(s)),
    "windows": written(
        lambda s: F.unfold(s, 2).unsqueeze(-1),
        lambda s: F.fold(F.unfold(s, 2), s.shape[2:], 2),
    ),
    "copy": of_module(nn.Identity, lambda s: s.contiguous(), lambda s: s.clone()),
    "dropout": written(lambda s: F.dropout(s, 0.5, training=False)),
    "device": written(lambda s: s.to("cpu")),
    "pixel shuffle": of_module(lambda: nn.PixelShuffle(2), lambda s: F.pixel_shuffle(s, 2)),
    "pixel unshuffle": of_module(lambda: nn.PixelUnshuffle(2), lambda s: F.pixel_unshuffle(s, 2)),
    "channel shuffle": of_module(lambda: nn.ChannelShuffle(2)),
    "padding": st.one_of(
        layer(
            lambda kind, width: kind(width),
            kind=st.sampled_from([nn.ReflectionPad2d, nn.ReplicationPad2d, nn.CircularPad2d]),
            width=st.tuples(*[st.integers(0, 2)] * 4),
        ),
        written(
            lambda s: F.pad(s, (1, 0, 2, 1)),
            lambda s: F.pad(s, (0, 1, 1, 0), mode="circular"),
            lambda s: F.pad(s, (1, 1, 1, 1), value=0.5),
        ),
    ),
    "average pool": layer(
        nn.AvgPool2d, kernel_size=side, stride=st.integers(1, 3), ceil_mode=st.booleans()
    ),
    "adaptive average pool": layer(
        nn.AdaptiveAvgPool2d, output_size=st.sampled_from([1, 2, (3, 1)])
    ),
    "nearest up-sampling": layer(lambda: nn.UpsamplingNearest2d(scale_factor=2)),
    "bilinear up-sampling": layer(lambda: nn.UpsamplingBilinear2d(scale_factor=2)),
    "interpolation": st.one_of(
        layer(
            nn.Upsample,
            mode=st.sampled_from(["nearest", "nearest-exact", "bilinear", "bicubic", "area"]),
            size=st.tuples(st.integers(3, 9), st.integers(3, 9)),
        ),
        written(
            lambda s: F.interpolate(s, scale_factor=2, mode="nearest"),
            lambda s: F.interpolate(s, size=(s.shape[2] * 2, 5), mode="bilinear"),
            lambda s: F.interpolate(s, (7, 5)),
        ),
    ),
    "leaky ReLU": of_module(lambda: nn.LeakyReLU(0.2), lambda s: F.leaky_relu(in_turn(s) - s, 0.1)),
    "PReLU": layer(lambda n: nn.PReLU(n), n=st.sampled_from([1, CHANNELS])),
    "RReLU": of_module(nn.RReLU, lambda s: F.rrelu(in_turn(s) - s)),
    "ReLU6": of_module(nn.ReLU6, lambda s: F.relu6(20 * s)),
    "hard tanh": layer(lambda a, b: nn.Hardtanh(a, b), a=st.just(-0.2), b=st.just(0.3)),
    "clamp": written(
        lambda s: s.clamp(0.1, 0.4), lambda s: torch.clamp(s, max=0.2), lambda s: s.clip(min=0.1)
    ),
    "clamp from below": written(lambda s: torch.clamp_min(s, 0.1)),
    "clamp from above": written(lambda s: s.clamp_max(0.2)),
    "hard sigmoid": of_module(nn.Hardsigmoid),
    "hard swish": of_module(nn.Hardswish),
    "soft shrinkage": of_module(lambda: nn.Softshrink(0.1)),
    "absolute value": written(lambda s: (s - in_turn(s)).abs(), lambda s: abs(s - 0.2)),
    "larger of two": written(
        lambda s: torch.maximum(s, in_turn(s)), lambda s: torch.max(s, in_turn(s))
    ),
    "smaller of two": written(lambda s: torch.minimum(s, in_turn(s))),
    "max pool": layer(
        lambda kernel_size, stride, padding: nn.MaxPool2d(
            kernel_size, stride, min(padding, min(kernel_size) // 2)
        ),
        kernel_size=kernels,
        stride=st.integers(1, 3),
        padding=st.integers(0, 1),
    ),
    "sigmoid": of_module(nn.Sigmoid, torch.sigmoid),
    "hyperbolic tangent": of_module(nn.Tanh, lambda s: s.tanh()),
    "GELU": of_module(nn.GELU, F.gelu),
    "SiLU": of_module(nn.SiLU, F.silu),
    "Mish": of_module(nn.Mish),
    "ELU": of_module(nn.ELU),
    "softplus": of_module(nn.Softplus),
    "power": written(lambda s: s**3, lambda s: (s + 1).pow(0.5)),
    "square": written(torch.square),
    "root, exponential, logarithm, reciprocal": written(
        lambda s: torch.exp(s), lambda s: (s + 1).sqrt(), lambda s: torch.log(s + 1)
    ),
    "product of two maps": written(lambda s: s * in_turn(s), lambda s: s.mul(s)),
    "quotient by a map": written(lambda s: s / (in_turn(s) + 1), lambda s: 1 / (s + 1)),
    "product of two matrices": written(
        lambda s: s @ s.transpose(2, 3), lambda s: torch.matmul(s, s.transpose(-1, -2))
    ),
    "sum of products": written(lambda s: torch.einsum("nchw,nchv->ncwv", s, s)),
    "softmax": of_module(lambda: nn.Softmax(dim=1), lambda s: s.softmax(dim=-1)),
    "attention": written(attended),
    "layer norm": st.just(
        Example(lambda net, s: on_tokens(net.layer)(s), {"layer": nn.LayerNorm(CHANNELS, eps=1e-2)})
    ),
    "group norm": of_module(lambda: nn.GroupNorm(2, CHANNELS, eps=1e-2)),
    "instance norm": of_module(lambda: nn.InstanceNorm2d(CHANNELS, eps=1e-2)),
    "batch norm by the batch": of_module(
        lambda: nn.BatchNorm2d(CHANNELS, eps=1e-2, track_running_stats=False)
    ),
    "unit length": written(lambda s: F.normalize(s + 0.1, dim=1)),
    "standard deviation, variance, length": written(
        lambda s: s.std(dim=(2, 3), keepdim=True), lambda s: s.var(1, keepdim=True)
    ),
    "largest over dimensions": written(lambda s: s.amax(dim=(2, 3), keepdim=True)),
    "largest over a dimension": written(lambda s: torch.max(s, dim=1, keepdim=True)[0]),
}


def network(example: Example) -> Net:
    """Return convolution, ReLU, the example and a last convolution, in float64."""

    def compute(net: Net, x: Tensor) -> Tensor:
        return net.last(example.compute(net, F.relu(net.first(x))))

    first = nn.Conv2d(1, CHANNELS, 3, padding=1)
    net = Net(compute, first=first, **example.layers).double().eval()
    net.scale = nn.Parameter(torch.tensor([0.5, 0.25, 1.0, 2.0]).view(1, -1, 1, 1).double())
    with torch.no_grad():
        hidden = example.compute(net, torch.rand(1, CHANNELS, 4, 6).double())
    net.last = nn.Conv2d(hidden.shape[1], 2, (min(3, hidden.shape[2]), 1), padding=(1, 0)).double()
    return net
