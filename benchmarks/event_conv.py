"""Up to which share of non-zero inputs convolution by events is faster than the dense one."""

import argparse
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from benchmarks.workload import laid_out, warn_if_busy
from spikebench.snn.kernels.convolve import DENSEST, EventConv
from spikebench.snn.kernels.memory import keep_freed_pages

SHARES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 1.0)


def main() -> None:
    """Print the processor milliseconds of both for each share, the best of `--rounds` pairs."""
    options = _options()
    torch.set_num_threads(1)
    keep_freed_pages()
    warn_if_busy()
    layer = nn.Conv2d(options.channels, options.channels, 3, padding=1).requires_grad_(False)
    laid_out(layer, torch.channels_last)
    events = EventConv(layer)
    print(f"3x3, {options.channels} channels, {options.side}x{options.side}, one thread")
    print("share   dense ms   event ms   ratio")
    for share in SHARES:
        value = torch.rand(1, options.channels, options.side, options.side)
        value = (value < share).float().contiguous(memory_format=torch.channels_last)
        pairs = [
            (_milliseconds(layer, value), _milliseconds(events, value, bias=True))
            for _ in range(options.rounds)
        ]
        dense, event = (min(times) for times in zip(*pairs, strict=True))
        print(f"{share:5.2f}{dense:11.1f}{event:11.1f}{dense / event:8.2f}")
    print(f"In use up to a share of {DENSEST}.")


def _milliseconds(call: Callable[..., Tensor], value: Tensor, **options: bool) -> float:
    """Return the processor time of one call, which other programs do not lengthen."""
    start = time.process_time()
    call(value, **options)
    return 1000 * (time.process_time() - start)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=64)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=9)
    return parser.parse_args()


if __name__ == "__main__":
    main()
