"""FFDNet: a denoiser that works at half size and is told the strength of the noise.

Zhang et al., "FFDNet: Toward a Fast and Flexible Solution for CNN-Based Image Denoising", IEEE
Trans. Image Process. 27(9), 2018, sec. III. Each 2x2 block of pixels becomes four channels, before
them stands a constant map of the noise level, one for each colour. As in the PyTorch version of
Tassano et al. (IPOL 9, 2019) the network predicts the noise and no convolution has a bias.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import pixel_shuffle, pixel_unshuffle


class FFDNet(nn.Module):
    """Map a noisy image (N, C, H, W) in [0, 1] to its restoration, same shape, not clipped.

    H and W must be even. There are `depth` convolutions with `width` features; all but the first
    and the last are normalised. `sigma` is the noise's standard deviation in 8-bit units.
    """

    def __init__(self, *, depth: int, width: int, sigma: float, channels: int = 1) -> None:
        super().__init__()
        self.sigma, self.channels = sigma / 255, channels
        layers = [_convolution((1 + 4) * channels, width), nn.ReLU()]
        for _ in range(depth - 2):
            layers += [_convolution(width, width), nn.BatchNorm2d(width), nn.ReLU()]
        self.model = nn.Sequential(*layers, _convolution(width, 4 * channels))

    def forward(self, image: Tensor) -> Tensor:
        blocks = pixel_unshuffle(image, 2)  # (N, 4 C, H / 2, W / 2)
        level = torch.full_like(blocks[:, : self.channels], self.sigma)
        noise = self.model(torch.cat([level, blocks], dim=1))
        return image - pixel_shuffle(noise, 2)


def _convolution(source: int, target: int) -> nn.Conv2d:
    return nn.Conv2d(source, target, 3, padding=1, bias=False)
