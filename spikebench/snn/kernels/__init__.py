"""Kernels in C for what a simulation does most: convolve events, integrate and fire, count.

They are compiled when the package is installed. Where no C compiler was at hand `available()` is
false, and PyTorch does the same work more slowly.
"""

from spikebench.snn.kernels.library import available

__all__ = ["available"]
