"""Well-known restoration networks in small, written from the papers' descriptions.

Each maps an image (N, 1, H, W) to one that is `scale` times as large, 1 unless it is said.
"""

from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spikebench.ann.architecture import construct
from tests.snn.attention import nafnet, restormer, swinir
from tests.snn.nets import Net, conv

W = 4  # features


def srcnn() -> nn.Module:
    """Dong et al., 2014: patches, a 1x1 mapping, reconstruction."""
    layers = conv(1, W, 9), nn.ReLU(), conv(W, W, 1), nn.ReLU(), conv(W, 1, 5)
    return nn.Sequential(*layers)


def fsrcnn() -> nn.Module:
    """Dong et al., 2016: shrink, map and expand when small, then a transposed conv. Scale 2."""
    return nn.Sequential(
        *(conv(1, W, 5), nn.PReLU(W), conv(W, 2, 1), nn.PReLU(2), conv(2, 2), nn.PReLU(2)),
        *(conv(2, W, 1), nn.PReLU(W)),
        nn.ConvTranspose2d(W, 1, 9, stride=2, padding=4, output_padding=1),
    )


def drcn() -> nn.Module:
    """Kim et al., 2016: one convolution again and again, outputs of all depths weighed."""

    class DRCN(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.deeper, self.last = conv(1, W), conv(W, W), conv(W, 1)
            self.share = nn.Parameter(torch.ones(3) / 3)

        def forward(self, x):
            hidden, total = F.relu(self.embed(x)), 0
            for depth in range(3):
                hidden = F.relu(self.deeper(hidden))
                total = total + self.share[depth] * (self.last(hidden) + x)
            return total

    return DRCN()


def lapsrn() -> nn.Module:
    """Lai et al., 2017: a pyramid of two levels, a feature and an image branch each. Scale 4."""

    def up(source: int, target: int) -> nn.Module:
        return nn.ConvTranspose2d(source, target, 4, stride=2, padding=1)

    def level(net: Net, image: Tensor, features: Tensor, k: int) -> tuple[Tensor, Tensor]:
        features = F.leaky_relu(
            getattr(net, f"grow{k}")(F.leaky_relu(net.deep(features), 0.2)), 0.2
        )
        return getattr(net, f"enlarge{k}")(image) + getattr(net, f"residual{k}")(features), features

    def compute(net: Net, x: Tensor) -> Tensor:
        image, features = level(net, x, F.leaky_relu(net.first(x), 0.2), 1)
        return level(net, image, features, 2)[0]

    layers: dict[str, nn.Module] = {"first": conv(1, W), "deep": conv(W, W)}
    for k in (1, 2):
        layers |= {f"grow{k}": up(W, W), f"enlarge{k}": up(1, 1), f"residual{k}": conv(W, 1)}
    return Net(compute, **layers)


def memnet() -> nn.Module:
    """Tai et al., 2017: pre-activated residual blocks and a gate over all that was remembered."""

    def unit(source: int, target: int, size: int = 3) -> nn.Module:
        return nn.Sequential(normalised(source), nn.ReLU(), conv(source, target, size))

    def compute(net: Net, x: Tensor) -> Tensor:
        hidden = net.first(x)
        short = [hidden := net.b(net.a(hidden)) + hidden for _ in range(2)]
        return net.last(net.gate(torch.cat([*short, net.first(x)], dim=1))) + x

    layers = {"first": unit(1, W), "a": unit(W, W), "b": unit(W, W), "gate": unit(3 * W, W, 1)}
    return Net(compute, **layers, last=unit(W, 1))


def srresnet() -> nn.Module:
    """Ledig et al., 2017: residual blocks with BatchNorm and PReLU, pixel shuffle. Scale 2."""

    def compute(net: Net, x: Tensor) -> Tensor:
        first = net.act(net.first(x))
        deep = net.norm(net.middle(net.block(first) + first))
        return net.last(net.act(F.pixel_shuffle(net.up(deep + first), 2)))

    block = nn.Sequential(conv(W, W), normalised(W), nn.PReLU(), conv(W, W), normalised(W))
    layers = {"first": conv(1, W, 9), "middle": conv(W, W), "up": conv(W, 4 * W)}
    return Net(
        compute, **layers, block=block, norm=normalised(W), act=nn.PReLU(), last=conv(W, 1, 9)
    )


def rrdbnet() -> nn.Module:
    """Wang et al., 2018 (ESRGAN): dense blocks, residuals times 0.2, nearest growth. Scale 2."""

    def dense(net: Net, x: Tensor) -> Tensor:
        a = F.leaky_relu(net.a(x), 0.2)
        b = F.leaky_relu(net.b(torch.cat([x, a], dim=1)), 0.2)
        return net.c(torch.cat([x, a, b], dim=1)) * 0.2 + x

    def compute(net: Net, x: Tensor) -> Tensor:
        first = net.first(x)
        deep = net.dense(net.dense(first)) * 0.2 + first
        grown = F.leaky_relu(net.up(F.interpolate(net.middle(deep) + first, scale_factor=2)), 0.2)
        return net.last(F.leaky_relu(net.high(grown), 0.2))

    inner = Net(dense, a=conv(W, 2), b=conv(W + 2, 2), c=conv(W + 4, W))
    layers = {name: conv(W, W) for name in ("middle", "up", "high")}
    return Net(compute, first=conv(1, W), dense=inner, last=conv(W, 1), **layers)


def srvgg() -> nn.Module:
    """The compact Real-ESRGAN (Wang et al., 2021): plain, with a nearest skip. Scale 2."""
    body = [conv(1, W), nn.PReLU(W), conv(W, W), nn.PReLU(W), conv(W, 4), nn.PixelShuffle(2)]
    return Net(
        lambda net, x: net.body(x) + F.interpolate(x, scale_factor=2, mode="nearest"),
        body=nn.Sequential(*body),
    )


def rcan() -> nn.Module:
    """Zhang et al., 2018: residual blocks with channel attention. Scale 2."""

    def attended(net: Net, x: Tensor) -> Tensor:
        found = net.b(F.relu(net.a(x)))
        return found * net.gate(found) + x

    gate = nn.Sequential(
        nn.AdaptiveAvgPool2d(1), conv(W, 2, 1), nn.ReLU(), conv(2, W, 1), nn.Sigmoid()
    )
    block = Net(attended, a=conv(W, W), b=conv(W, W), gate=gate)
    return Net(
        lambda net, x: net.up(net.block(first := net.first(x)) + first),
        **{"first": conv(1, W), "block": block},
        up=nn.Sequential(conv(W, 4 * W), nn.PixelShuffle(2), conv(W, 1)),
    )


def ircnn() -> nn.Module:
    """Zhang et al., 2017: dilated convolutions, the noise is subtracted."""
    body: list[nn.Module] = [conv(1, W), nn.ReLU()]
    for dilation in (2, 3, 2):
        body += [conv(W, W, dilation=dilation, padding=dilation), normalised(W), nn.ReLU()]
    return Net(lambda net, x: x - net.body(x), body=nn.Sequential(*body, conv(W, 1)))


def drunet() -> nn.Module:
    """Zhang et al., 2021: a U-Net of residual blocks with strided and transposed convolutions."""

    def compute(net: Net, x: Tensor) -> Tensor:
        level = torch.full_like(x, 0.1)
        first = net.first(torch.cat([x, level], dim=1))
        small = net.down(first + net.b(F.relu(net.a(first))))
        small = small + net.d(F.relu(net.c(small)))
        return net.last(net.up(small) + first)

    layers = {"a": conv(W, W), "b": conv(W, W), "c": conv(W, W), "d": conv(W, W)}
    down, up = nn.Conv2d(W, W, 2, stride=2), nn.ConvTranspose2d(W, W, 2, stride=2)
    return Net(compute, first=conv(2, W), **layers, down=down, up=up, last=conv(W, 1))


def cbam_dncnn() -> nn.Module:
    """DnCNN with the attention of Woo et al., 2018: by channel, then by place."""

    def compute(net: Net, x: Tensor) -> Tensor:
        hidden = F.relu(net.a(x))
        pooled = F.adaptive_avg_pool2d(hidden, 1), F.adaptive_max_pool2d(hidden, 1)
        hidden = hidden * torch.sigmoid(net.share(pooled[0]) + net.share(pooled[1]))
        shown = torch.cat(
            [hidden.mean(1, keepdim=True), torch.max(hidden, 1, keepdim=True)[0]], dim=1
        )
        hidden = hidden * torch.sigmoid(net.place(shown))
        return x - net.last(F.relu(net.norm(net.b(hidden))))

    share = nn.Sequential(conv(W, 2, 1), nn.ReLU(), conv(2, W, 1))
    layers = {"a": conv(1, W), "b": conv(W, W), "last": conv(W, 1), "place": conv(2, 1, 7)}
    return Net(compute, **layers, share=share, norm=normalised(W))


def prenet() -> nn.Module:
    """Ren et al., 2019: stages of one residual network with a convolutional LSTM between them."""

    def compute(net: Net, x: Tensor) -> Tensor:
        n, _, height, width = x.shape
        restored, h = x, torch.zeros(n, W, height, width, dtype=x.dtype)
        c = torch.zeros(n, W, height, width, dtype=x.dtype)
        for _ in range(2):
            seen = F.relu(net.first(torch.cat([x, restored], dim=1)))
            i, f, g, o = net.gates(torch.cat([seen, h], dim=1)).chunk(4, dim=1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            restored = net.last(F.relu(net.b(F.relu(net.a(h))) + h)) + x
        return restored

    layers = {"gates": conv(2 * W, 4 * W), "a": conv(W, W), "b": conv(W, W)}
    return Net(compute, first=conv(2, W), **layers, last=conv(W, 1))


def mprnet() -> nn.Module:
    """Zamir et al., 2021: two stages on patches and the whole, with a supervised gate between."""

    def compute(net: Net, x: Tensor) -> Tensor:
        above, below = x.chunk(2, dim=2)
        deep = torch.cat([net.stage(net.first(part)) for part in (above, below)], dim=2)
        shown = net.show(deep) + x
        gated = net.keep(deep) * torch.sigmoid(net.gate(shown)) + deep
        joined = net.join(torch.cat([net.first(x), gated], dim=1))
        return net.show(net.stage(joined)) + x

    def attended(net: Net, x: Tensor) -> Tensor:
        found = net.b(net.act(net.a(x)))
        gate = torch.sigmoid(net.up(F.relu(net.down(found.mean((2, 3), keepdim=True)))))
        return found * gate + x

    inner = {"a": conv(W, W), "b": conv(W, W), "down": conv(W, 2, 1), "up": conv(2, W, 1)}
    stage = Net(attended, **inner, act=nn.PReLU())
    layers = {"keep": conv(W, W), "show": conv(W, 1), "gate": conv(1, W), "join": conv(2 * W, W)}
    return Net(compute, first=conv(1, W), **layers, stage=stage)


def imdn() -> nn.Module:
    """Hui et al., 2019, as among the backbones, behind a grey image. Scale 2."""
    network = construct(Path("backbones/imdn.py"), {"scale": 2, "width": 16, "blocks": 1})
    return Net(lambda net, x: net.body(torch.cat([x, x, x], dim=1))[:, :1], body=network)


def pan() -> nn.Module:
    """Zhao et al., 2020, as among the backbones, behind a grey image. Scale 2."""
    options = {"scale": 2, "width": W, "width_up": W, "blocks": 1}
    network = construct(Path("backbones/pan.py"), options)
    return Net(lambda net, x: net.body(torch.cat([x, x, x], dim=1))[:, :1], body=network)


def normalised(width: int) -> nn.BatchNorm2d:
    """Return a BatchNorm that has seen data."""
    norm = nn.BatchNorm2d(width)
    norm.running_mean.uniform_(-0.2, 0.2)
    norm.running_var.uniform_(0.5, 1.5)
    return norm


PURE: dict[str, Callable[[], nn.Module]] = {
    "SRCNN": srcnn,
    "FSRCNN": fsrcnn,
    "DRCN": drcn,
    "LapSRN": lapsrn,
    "MemNet": memnet,
    "SRResNet": srresnet,
    "RRDBNet": rrdbnet,
    "SRVGG": srvgg,
    "IRCNN": ircnn,
    "DRUNet": drunet,
}
HYBRID: dict[str, Callable[[], nn.Module]] = {
    "RCAN": rcan,
    "IMDN": imdn,
    "PAN": pan,
    "CBAM-DnCNN": cbam_dncnn,
    "PReNet": prenet,
    "MPRNet": mprnet,
    "NAFNet": nafnet,
    "Restormer": restormer,
    "SwinIR": swinir,
}
