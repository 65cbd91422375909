"""SpikingIR Bench: ANN-to-SNN conversion in image restoration, measured reproducibly."""

__version__ = "0.1.0"
