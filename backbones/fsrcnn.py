"""FSRCNN: shrinks its features, maps them while small, and enlarges by one transposed convolution.

Dong et al., "Accelerating the Super-Resolution Convolutional Neural Network", ECCV 2016, sec. 3.2:
FSRCNN(d, s, m) with one PReLU slope for each channel.
"""

from torch import Tensor, nn


class FSRCNN(nn.Sequential):
    """Map a small image (N, 1, h, w) in [0, 1] to (N, 1, scale * h, scale * w), not clipped.

    `features` (d) are extracted, shrunk to `shrunk` (s), and mapped by `mappings` (m) layers.
    """

    def __init__(self, *, scale: int, features: int, shrunk: int, mappings: int) -> None:
        layers = [*_layer(1, features, 5), *_layer(features, shrunk, 1)]
        for _ in range(mappings):
            layers += _layer(shrunk, shrunk, 3)
        layers += _layer(shrunk, features, 1)
        enlarge = nn.ConvTranspose2d(
            features, 1, 9, stride=scale, padding=4, output_padding=scale - 1
        )
        super().__init__(*layers, enlarge)

    def forward(self, image: Tensor) -> Tensor:
        return super().forward(image)


def _layer(source: int, target: int, size: int) -> list[nn.Module]:
    return [nn.Conv2d(source, target, size, padding=size // 2), nn.PReLU(target)]
