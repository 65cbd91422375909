"""DnCNN: a stack of 3x3 convolutions that predicts the noise and subtracts it.

Zhang et al., "Beyond a Gaussian Denoiser", IEEE Trans. Image Process. 26(7), 2017, sec. III. With
batch normalisation no convolution has a bias, as in the weights of SaoYan/DnCNN-PyTorch; without,
it is folded into the convolutions, as in those of cszn/KAIR.
"""

from torch import Tensor, nn


class DnCNN(nn.Module):
    """Map a noisy image (N, C, H, W) in [0, 1] to its restoration, same shape, not clipped.

    There are `depth` convolutions with `width` features. `batch_norm` normalises all but the first
    and the last.
    """

    def __init__(
        self, *, depth: int, width: int, channels: int = 1, batch_norm: bool = False
    ) -> None:
        super().__init__()
        layers = _convolution(channels, width, bias=not batch_norm)
        for _ in range(depth - 2):
            layers += _convolution(width, width, bias=not batch_norm, batch_norm=batch_norm)
        last = nn.Conv2d(width, channels, 3, padding=1, bias=not batch_norm)
        self.model = nn.Sequential(*layers, last)

    def forward(self, image: Tensor) -> Tensor:
        return image - self.model(image)


def _convolution(
    source: int, target: int, *, bias: bool, batch_norm: bool = False
) -> list[nn.Module]:
    norm = [nn.BatchNorm2d(target)] if batch_norm else []
    return [nn.Conv2d(source, target, 3, padding=1, bias=bias), *norm, nn.ReLU()]
