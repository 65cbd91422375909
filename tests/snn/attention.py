"""Restoration networks with norms, gates and attention in small, from the papers' descriptions."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.snn.nets import Net, conv

W = 4  # features


class LayerNorm2d(nn.Module):
    """Over the channels of each pixel, written out as in NAFNet."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        mean = x.mean(1, keepdim=True)
        variance = (x - mean).pow(2).mean(1, keepdim=True)
        scaled = (x - mean) / (variance + 1e-2).sqrt()
        return self.weight.view(1, -1, 1, 1) * scaled + self.bias.view(1, -1, 1, 1)


def nafnet() -> nn.Module:
    """Chen et al., 2022: no activation but a product of halves, and a simple channel gate."""

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.norm2 = LayerNorm2d(W), LayerNorm2d(W)
            self.wide, self.depth = conv(W, 2 * W, 1), conv(2 * W, 2 * W, groups=2 * W)
            self.weigh, self.narrow = conv(W, W, 1), conv(W, W, 1)
            self.open, self.close = conv(W, 2 * W, 1), conv(W, W, 1)
            self.beta = nn.Parameter(torch.full((1, W, 1, 1), 0.5))
            self.gamma = nn.Parameter(torch.full((1, W, 1, 1), 0.5))

        def forward(self, x):
            a, b = self.depth(self.wide(self.norm1(x))).chunk(2, dim=1)
            gated = a * b
            gated = gated * self.weigh(F.adaptive_avg_pool2d(gated, 1))
            y = x + self.narrow(gated) * self.beta
            a, b = self.open(self.norm2(y)).chunk(2, dim=1)
            return y + self.close(a * b) * self.gamma

    def compute(net: Net, x: Tensor) -> Tensor:
        height, width = x.shape[-2:]
        padded = F.pad(x, (0, -width % 2, 0, -height % 2))
        first = net.block(net.first(padded))
        small = net.down(first)
        grown = F.pixel_shuffle(net.up(small), 2) + first
        return (net.last(grown) + padded)[:, :, :height, :width]

    layers = {"down": nn.Conv2d(W, 2 * W, 2, stride=2), "up": conv(2 * W, 4 * W, 1)}
    return Net(compute, first=conv(1, W), block=Block(), **layers, last=conv(W, 1))


def restormer() -> nn.Module:
    """Zamir et al., 2022: attention between channels, and a gated feed-forward network."""

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.norm2 = nn.LayerNorm(W, eps=1e-2), nn.LayerNorm(W, eps=1e-2)
            self.qkv, self.depth = conv(W, 3 * W, 1), conv(3 * W, 3 * W, groups=3 * W)
            self.project, self.out = conv(W, W, 1), conv(W, W, 1)
            self.open, self.spread = conv(W, 2 * W, 1), conv(2 * W, 2 * W, groups=2 * W)
            self.temperature = nn.Parameter(torch.ones(2, 1, 1))

        def forward(self, x):
            b, c, h, w = x.shape
            seen = self.norm1(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
            parts = self.depth(self.qkv(seen)).chunk(3, dim=1)
            q, k, v = (part.reshape(b, 2, c // 2, h * w) for part in parts)
            q, k = F.normalize(q, dim=-1, eps=1e-1), F.normalize(k, dim=-1, eps=1e-1)
            attention = ((q @ k.transpose(-2, -1)) * self.temperature).softmax(dim=-1)
            x = x + self.project((attention @ v).reshape(b, c, h, w))
            seen = self.norm2(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
            a, b = self.spread(self.open(seen)).chunk(2, dim=1)
            return x + self.out(F.gelu(a) * b)

    def compute(net: Net, x: Tensor) -> Tensor:
        return net.last(net.block(net.first(x))) + x

    return Net(compute, first=conv(1, W), block=Block(), last=conv(W, 1))


def swinir() -> nn.Module:
    """Liang et al., 2021: attention in shifted windows, a bias by relative position. Scale 2."""
    side, heads = 2, 2

    class Block(nn.Module):
        def __init__(self, shift: int):
            super().__init__()
            self.shift = shift
            self.norm1, self.norm2 = nn.LayerNorm(W, eps=1e-2), nn.LayerNorm(W, eps=1e-2)
            self.qkv, self.project = nn.Linear(W, 3 * W), nn.Linear(W, W)
            self.mlp = nn.Sequential(nn.Linear(W, 2 * W), nn.GELU(), nn.Linear(2 * W, W))
            self.table = nn.Parameter(torch.randn(9, heads) * 0.1)
            places = torch.stack(torch.meshgrid(*[torch.arange(side)] * 2, indexing="ij")).flatten(
                1
            )
            apart = (places[:, :, None] - places[:, None]).permute(1, 2, 0) + side - 1
            self.register_buffer("index", apart[..., 0] * 3 + apart[..., 1], persistent=False)

        def forward(self, x, size):
            h, w = size
            b, length, c = x.shape
            seen = self.norm1(x).view(b, h, w, c)
            if self.shift:
                seen = torch.roll(seen, (-self.shift, -self.shift), dims=(1, 2))
            parts = seen.view(b, h // side, side, w // side, side, c).permute(0, 1, 3, 2, 4, 5)
            found = self.attend(parts.reshape(-1, side * side, c))
            found = found.view(b, h // side, w // side, side, side, c).permute(0, 1, 3, 2, 4, 5)
            found = found.reshape(b, h, w, c)
            if self.shift:
                found = torch.roll(found, (self.shift, self.shift), dims=(1, 2))
            x = x + found.reshape(b, length, c)
            return x + self.mlp(self.norm2(x))

        def attend(self, windows):
            n, length, c = windows.shape
            qkv = self.qkv(windows).reshape(n, length, 3, heads, c // heads).permute(2, 0, 3, 1, 4)
            q, k, v = qkv[0] * math.sqrt(heads / c), qkv[1], qkv[2]
            bias = self.table[self.index.view(-1)].view(length, length, heads).permute(2, 0, 1)
            attention = (q @ k.transpose(-2, -1) + bias.unsqueeze(0)).softmax(dim=-1)
            return self.project((attention @ v).transpose(1, 2).reshape(n, length, c))

    class SwinIR(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.middle = conv(1, W), conv(W, W)
            self.blocks = nn.ModuleList([Block(0), Block(1)])
            self.up = nn.Sequential(conv(W, 4), nn.PixelShuffle(2))

        def forward(self, x):
            height, width = x.shape[2:]
            x = F.pad(x, (0, -width % side, 0, -height % side), mode="reflect")
            first = self.first(x)
            tokens = first.flatten(2).transpose(1, 2)
            for block in self.blocks:
                tokens = block(tokens, first.shape[2:])
            deep = tokens.transpose(1, 2).view(first.shape)
            return self.up(self.middle(deep) + first)[..., : 2 * height, : 2 * width]

    return SwinIR()
